import { Counter } from 'prom-client';
import type { Purpose, ServiceMetrics } from '../metrics/service-metrics.ts';
import { shedReasons, type ShedReason } from './admission.ts';

export interface ShedMetrics {
  /** To be called for every refusal. */
  readonly count: (reason: ShedReason, purpose: Purpose) => void;
  readonly stop: () => void;
}

/**
 * Counts what was shed as numbers and gives them to the metrics once a second and when they are asked for: a lookup of labels per refusal would
 * cost answers their time.
 */
export function shedMetrics({ registry, requests, errors }: ServiceMetrics): ShedMetrics {
  const waiting = new Map<ShedReason, Record<Purpose, number>>(shedReasons.map((reason) => [reason, { traffic: 0, verification: 0 }]));
  const flush = (): void => {
    for (const [reason, counts] of waiting) {
      for (const purpose of ['traffic', 'verification'] as const) {
        const count = counts[purpose];
        if (count === 0) continue;
        counts[purpose] = 0;
        shed.inc({ reason }, count);
        requests.inc({ purpose, code: '503' }, count);
        errors.inc({ purpose, kind: 'overloaded' }, count);
      }
    }
  };
  const shed = new Counter({
    registers: [registry],
    name: 'taxiway_shed_requests_total',
    help: 'Requests refused before they were read, by what would have made them wait.',
    labelNames: ['reason'] as const,
    collect: flush,
  });
  for (const reason of shedReasons) shed.inc({ reason }, 0);
  const timer = setInterval(flush, 1000).unref();
  return {
    count: (reason, purpose) => {
      const counts = waiting.get(reason);
      if (counts) counts[purpose] += 1;
    },
    stop: () => clearInterval(timer),
  };
}
