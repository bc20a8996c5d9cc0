import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { scoreBuckets } from '../metrics/buckets.ts';

/** Shadow minus answer. */
const differenceBuckets = [-0.5, -0.2, -0.1, -0.05, -0.02, -0.01, -0.001, 0, 0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];

export interface ShadowIdentity {
  readonly version: string;
  readonly digest: string;
}

export function shadowMetrics(registry: Registry, identity: ShadowIdentity, sources: { readonly ready: () => boolean; readonly queuedRows: () => number }) {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      registers,
      name,
      help,
      collect() {
        this.set(read());
      },
    });
  };
  new Gauge({ registers, name: 'taxiway_shadow_info', help: 'The challenger that scores in the shadow; always 1.', labelNames: ['version', 'digest'] }).set({ ...identity }, 1);
  gauge('taxiway_shadow_ready', '1 while the challenger is loaded.', () => (sources.ready() ? 1 : 0));
  gauge('taxiway_shadow_queue_rows', 'Rows that wait for the challenger.', sources.queuedRows);
  const metrics = {
    rows: new Counter({ registers, name: 'taxiway_shadow_rows_total', help: 'Sampled rows by what became of them: scored, dropped (no room or no time) or failed.', labelNames: ['result'] as const }),
    errors: new Counter({ registers, name: 'taxiway_shadow_errors_total', help: 'Runs of the challenger that failed, and failures to load it.' }),
    score: new Histogram({ registers, name: 'taxiway_shadow_score', help: 'Probabilities of the challenger.', buckets: scoreBuckets }),
    difference: new Histogram({ registers, name: 'taxiway_shadow_difference', help: 'Probability of the challenger minus the one that was answered.', buckets: differenceBuckets }),
    disagreements: new Counter({ registers, name: 'taxiway_shadow_disagreements_total', help: 'Rows that the challenger would have decided otherwise, by its own threshold.' }),
  };
  for (const result of ['scored', 'dropped', 'failed'] as const) metrics.rows.inc({ result }, 0);
  return metrics;
}

export type ShadowMetrics = ReturnType<typeof shadowMetrics>;
