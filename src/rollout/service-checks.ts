import type { MetricAnswer } from '../ports/metric-source.ts';
import { formatShare } from '../report/format-number.ts';
import type { Check } from '../verdict/verdict.ts';
import type { RolloutLimits, RolloutObservations } from './observations.ts';

/** 95th percentile as the pods measured it. */
export function checkLatency({ latency }: RolloutObservations, limits: RolloutLimits): Check {
  const base = { id: 'latency-p95', title: 'Latency p95', severity: 'error' as const, unit: 'ms', threshold: `< ${limits.latencyP95 * 1000} ms` };
  const remedy = 'Compare with the latency that the gate measured: the model may be as fast as before and its surroundings slower.';
  return judge({ ...base, remedy }, { answer: latency, scale: 1000, limit: limits.latencyP95, floor: limits.minimumRequests });
}

/** Share of answers with a status of 500 and above, as the pods counted them. */
export function checkErrorRate({ errorRate }: RolloutObservations, limits: RolloutLimits): Check {
  const base = { id: 'error-rate', title: 'Error rate', severity: 'error' as const, threshold: `< ${formatShare(limits.errorRate)}` };
  return judge({ ...base, remedy: 'Read the log of the pods.' }, { answer: errorRate, scale: 1, limit: limits.errorRate, floor: limits.minimumRequests });
}

type CheckBase = Omit<Check, 'value' | 'verdict'>;

/** Anything but a finite number over enough requests is inconclusive, whatever the number looks like. */
function judge(base: CheckBase, measured: { answer: MetricAnswer; scale: number; limit: number; floor: number }): Check {
  const { answer, scale, limit, floor } = measured;
  const { remedy, ...rest } = base;
  if (answer.kind === 'unavailable') return { ...rest, value: null, verdict: 'inconclusive', message: answer.reason };
  const { value, sampleSize } = answer;
  if (!Number.isFinite(value) || value < 0 || !Number.isSafeInteger(sampleSize) || sampleSize < 0) {
    return { ...rest, value: null, verdict: 'inconclusive', message: 'the metric source gave no usable number' };
  }
  const found = { ...rest, value: value * scale, sampleSize };
  if (sampleSize < floor) return { ...found, verdict: 'inconclusive', message: `${sampleSize} requests of at least ${floor}` };
  if (value < limit) return { ...found, verdict: 'pass' };
  return { ...found, verdict: 'fail', ...(remedy === undefined ? {} : { remedy }) };
}
