import { type MetricSample, parsePrometheusText } from './prometheus-text.ts';

/** The counters of one pod at one moment. */
export interface ServiceCounters {
  /** Seconds since the Unix epoch: another start means that counting began again. */
  readonly startedAt: number;
  readonly requests: number;
  /** Answers with a status of 500 and above. */
  readonly serverErrors: number;
  /** Requests by duration: upper bounds in seconds, ascending, the last one infinite; not cumulative. */
  readonly durations: readonly DurationBucket[];
}

export interface DurationBucket {
  readonly upperBound: number;
  readonly count: number;
}

export type CountersAnswer = { readonly kind: 'counters'; readonly counters: ServiceCounters } | { readonly kind: 'unavailable'; readonly reason: string };

const requestsMetric = 'taxiway_requests_total';
const durationMetric = 'taxiway_request_duration_seconds';
const startMetric = 'process_start_time_seconds';

class Unusable extends Error {}

/** Reads the service's counters out of its /metrics. Missing, NaN, infinite, negative, contradictory or repeated: unavailable, never a number. */
export function readServiceCounters(text: string): CountersAnswer {
  const parsed = parsePrometheusText(text);
  if (parsed.kind === 'malformed') return { kind: 'unavailable', reason: parsed.reason };
  const named = (name: string): MetricSample[] => parsed.samples.filter((sample) => sample.name === name);
  try {
    const [started, ...more] = named(startMetric);
    if (started === undefined || more.length > 0 || !(started.value > 0 && Number.isFinite(started.value))) throw new Unusable(`${startMetric} is not one positive number`);
    const requests = named(requestsMetric);
    const counters = {
      startedAt: started.value,
      requests: sum(requests.map(countOf), requestsMetric),
      serverErrors: sum(requests.filter((sample) => statusOf(sample) >= 500).map(countOf), undefined),
      durations: readDurations(named),
    };
    const timed = counters.durations.reduce((total, { count }) => total + count, 0);
    if (timed !== counters.requests) throw new Unusable(`${durationMetric} counts ${timed} requests and ${requestsMetric} ${counters.requests}`);
    return { kind: 'counters', counters };
  } catch (error) {
    if (error instanceof Unusable) return { kind: 'unavailable', reason: error.message };
    throw error;
  }
}

function readDurations(named: (name: string) => MetricSample[]): DurationBucket[] {
  const series = new Map<string, Map<number, number>>();
  for (const sample of named(`${durationMetric}_bucket`)) {
    const key = seriesKey(sample);
    const buckets = series.get(key) ?? new Map<number, number>();
    buckets.set(boundOf(sample), countOf(sample));
    series.set(key, buckets);
  }
  const counts = new Map(named(`${durationMetric}_count`).map((sample) => [seriesKey(sample), countOf(sample)]));
  if (series.size === 0 || series.size !== counts.size) throw new Unusable(`${durationMetric} is missing or incomplete`);
  const total = new Map<number, number>();
  let bounds: string | undefined;
  for (const [key, buckets] of series) {
    const sorted = [...buckets].sort(([left], [right]) => left - right);
    bounds ??= sorted.map(([bound]) => bound).join();
    if (sorted.map(([bound]) => bound).join() !== bounds) throw new Unusable(`${durationMetric} has series with different buckets`);
    if (sorted.at(-1)?.[0] !== Number.POSITIVE_INFINITY || sorted.at(-1)?.[1] !== counts.get(key)) throw new Unusable(`${durationMetric} has a series whose buckets do not add up`);
    let below = 0;
    for (const [bound, cumulative] of sorted) {
      if (cumulative < below) throw new Unusable(`${durationMetric} has a bucket smaller than the one before it`);
      total.set(bound, (total.get(bound) ?? 0) + cumulative - below);
      below = cumulative;
    }
  }
  return [...total].sort(([left], [right]) => left - right).map(([upperBound, count]) => ({ upperBound, count }));
}

function seriesKey(sample: MetricSample): string {
  return JSON.stringify(Object.entries(sample.labels).filter(([name]) => name !== 'le').sort());
}

function boundOf(sample: MetricSample): number {
  const text = sample.labels['le'] ?? '';
  const bound = text === '+Inf' ? Number.POSITIVE_INFINITY : text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isNaN(bound) || bound === Number.NEGATIVE_INFINITY) throw new Unusable(`${sample.name} has a bucket without a bound`);
  return bound;
}

function statusOf(sample: MetricSample): number {
  const code = sample.labels['code'] ?? '';
  if (!/^[1-5]\d\d$/.test(code)) throw new Unusable(`${sample.name} has a series without a status code`);
  return Number(code);
}

function countOf(sample: MetricSample): number {
  if (!Number.isSafeInteger(sample.value) || sample.value < 0) throw new Unusable(`${sample.name} is ${sample.value}, which is no count`);
  return sample.value;
}

/** @param required name of the metric that must not be absent */
function sum(values: readonly number[], required: string | undefined): number {
  if (required !== undefined && values.length === 0) throw new Unusable(`${required} is missing`);
  return values.reduce((total, value) => total + value, 0);
}
