import type { Clock } from '../../ports/clock.ts';
import type { ClusterView, Pod } from '../../ports/cluster-view.ts';
import type { MetricAnswer, MetricRequest, MetricSource } from '../../ports/metric-source.ts';
import { readServiceCounters, type ServiceCounters } from './service-counters.ts';
import { addCounts, countsSince, type WindowCounts, windowMetric } from './window-metrics.ts';

export interface ScrapeOptions {
  readonly cluster: ClusterView;
  readonly clock: Clock;
  readonly fetch?: typeof fetch;
}

interface Scrape {
  readonly time: number;
  readonly counters: ServiceCounters;
}

const timeout = 5000;
const keptScrapes = 1000;

/**
 * Service metrics by asking every pod itself, where there is no Prometheus. Counters are cumulative, so a window is the difference to an earlier look
 * by this very object; where it has not looked before the window began, it is the pod's whole life. A ready pod that does not answer makes the metric unavailable:
 * the rest would be a guess.
 */
export function createScrapeMetricSource(options: ScrapeOptions): MetricSource {
  const { cluster, clock } = options;
  const request = options.fetch ?? fetch;
  const earlier = new Map<string, Scrape[]>();

  async function scrape(pod: Pod): Promise<ServiceCounters | { readonly reason: string }> {
    try {
      const answer = await request(`${pod.url}/metrics`, { signal: AbortSignal.timeout(timeout) });
      const text = await answer.text();
      if (!answer.ok) return { reason: `${pod.name} answered ${answer.status}` };
      const read = readServiceCounters(text);
      return read.kind === 'counters' ? read.counters : { reason: `${pod.name}: ${read.reason}` };
    } catch (error) {
      return { reason: `${pod.name} did not answer: ${error instanceof Error ? error.message : 'unknown error'}` };
    }
  }

  async function query({ metric, window, imageDigest }: MetricRequest): Promise<MetricAnswer> {
    const { pods } = await cluster.rollout();
    const chosen = pods.filter((pod) => pod.ready && (imageDigest === undefined || pod.imageDigest === imageDigest));
    if (chosen.length === 0) return { kind: 'unavailable', reason: 'no ready pod to ask' };
    const now = clock.now();
    const counts: Omit<WindowCounts, 'seconds'>[] = [];
    let began: number | undefined = now;
    for (const { pod, result } of await Promise.all(chosen.map(async (pod) => ({ pod, result: await scrape(pod) })))) {
      if ('reason' in result) return { kind: 'unavailable', reason: result.reason };
      const scrapes = earlier.get(pod.name) ?? [];
      const before = scrapes.findLast(({ time }) => time <= now - window);
      counts.push(countsSince(before?.counters, result));
      began = before === undefined || began === undefined ? undefined : Math.min(began, before.time);
      earlier.set(pod.name, [...scrapes, { time: now, counters: result }].slice(-keptScrapes));
    }
    const total = addCounts(counts);
    if (total === undefined) return { kind: 'unavailable', reason: 'the pods count in different buckets' };
    return windowMetric(metric, { ...total, seconds: began === undefined ? undefined : (now - began) / 1000 });
  }

  return {
    query: async (metricRequest) => {
      try {
        return await query(metricRequest);
      } catch (error) {
        return { kind: 'unavailable', reason: error instanceof Error ? error.message : 'unknown error' };
      }
    },
  };
}
