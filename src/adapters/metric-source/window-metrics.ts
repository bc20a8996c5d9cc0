import type { MetricAnswer, MetricRequest } from '../../ports/metric-source.ts';
import type { DurationBucket, ServiceCounters } from './service-counters.ts';

/** What happened in a window, over all pods. */
export interface WindowCounts {
  readonly requests: number;
  readonly serverErrors: number;
  readonly durations: readonly DurationBucket[];
  /** Seconds, or undefined where it is not known when the window began. */
  readonly seconds: number | undefined;
}

/** Counters since `before`; since their start where there is no `before` or the pod started anew in between. */
export function countsSince(before: ServiceCounters | undefined, after: ServiceCounters): Omit<WindowCounts, 'seconds'> {
  if (before?.startedAt !== after.startedAt) return after;
  return {
    requests: after.requests - before.requests,
    serverErrors: after.serverErrors - before.serverErrors,
    durations: after.durations.map(({ upperBound, count }, index) => ({ upperBound, count: count - (before.durations[index]?.count ?? 0) })),
  };
}

/** Pods added up. Pods of different builds with different buckets cannot be: undefined. */
export function addCounts(pods: readonly Omit<WindowCounts, 'seconds'>[]): Omit<WindowCounts, 'seconds'> | undefined {
  const [first] = pods;
  if (first === undefined) return undefined;
  const bounds = first.durations.map(({ upperBound }) => upperBound).join();
  if (pods.some((pod) => pod.durations.map(({ upperBound }) => upperBound).join() !== bounds)) return undefined;
  return {
    requests: pods.reduce((total, pod) => total + pod.requests, 0),
    serverErrors: pods.reduce((total, pod) => total + pod.serverErrors, 0),
    durations: first.durations.map(({ upperBound }, index) => ({ upperBound, count: pods.reduce((total, pod) => total + (pod.durations[index]?.count ?? 0), 0) })),
  };
}

/** One metric of a window, in the units of the port. No request means that there is nothing to say about latency and errors. */
export function windowMetric(metric: MetricRequest['metric'], counts: WindowCounts): MetricAnswer {
  const { requests, serverErrors, seconds } = counts;
  const value = (number: number): MetricAnswer =>
    Number.isFinite(number) && number >= 0 ? { kind: 'value', value: number, sampleSize: requests } : { kind: 'unavailable', reason: 'the counters ran backwards' };
  if (metric === 'request-count') return value(requests);
  if (metric === 'request-rate') return seconds === undefined || seconds <= 0 ? { kind: 'unavailable', reason: 'it is not known when the window began' } : value(requests / seconds);
  if (requests <= 0) return { kind: 'unavailable', reason: 'no requests in the window' };
  if (metric === 'error-rate') return value(serverErrors / requests);
  const quantile = histogramQuantile(metric === 'latency-p95' ? 0.95 : 0.99, counts.durations);
  return quantile === undefined ? { kind: 'unavailable', reason: 'the quantile lies beyond the largest bucket' } : value(quantile);
}

/**
 * Linear interpolation inside the bucket that holds the quantile, as Prometheus' histogram_quantile does it, except that a quantile
 * beyond the last finite bound is not known (Prometheus answers that bound, which looks better than it is).
 */
export function histogramQuantile(share: number, durations: readonly DurationBucket[]): number | undefined {
  const total = durations.reduce((sum, { count }) => sum + count, 0);
  if (!(total > 0) || durations.some(({ count }) => count < 0)) return undefined;
  const rank = share * total;
  let below = 0;
  let lower = 0;
  for (const { upperBound, count } of durations) {
    if (below + count >= rank && count > 0) {
      return Number.isFinite(upperBound) ? lower + ((upperBound - lower) * (rank - below)) / count : undefined;
    }
    below += count;
    lower = upperBound;
  }
  return undefined;
}
