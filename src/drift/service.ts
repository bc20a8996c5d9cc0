import type { DriftSection } from '../pipeline/schema/drift.ts';
import type { MetricAnswer, MetricSource } from '../ports/metric-source.ts';
import { formatChange, formatNumber, formatShare } from '../report/format-number.ts';
import type { Finding } from './finding.ts';

export interface ServiceObservations {
  readonly latency: MetricAnswer;
  readonly errors: MetricAnswer;
  /** Logged rows per day of the window, and of the reference. */
  readonly rowsPerDay: number;
  readonly referenceRowsPerDay: number;
  /** Median of the earlier checks of the same version, in seconds; undefined at the first. */
  readonly baselineLatency: number | undefined;
  readonly baselineErrors: number | undefined;
}

export async function observeService(metrics: MetricSource, window: number): Promise<Pick<ServiceObservations, 'latency' | 'errors'>> {
  const [latency, errors] = await Promise.all([metrics.query({ metric: 'latency-p95', window }), metrics.query({ metric: 'error-rate', window })]);
  return { latency, errors };
}

/** Latency, errors and traffic against what the same version showed before. What the metric source cannot say is inconclusive. */
export function detectService(observed: ServiceObservations, { service }: DriftSection): Finding[] {
  return [latencyFinding(observed, service['latency-ratio']), errorFinding(observed, service['error-points']), trafficFinding(observed, service['traffic-change'])];
}

function latencyFinding({ latency, baselineLatency }: ServiceObservations, maximumRatio: number): Finding {
  const base = { id: 'service.latency', title: 'Latency p95', kind: 'service' as const, alarming: true, unit: 'ms' };
  if (latency.kind === 'unavailable') return { ...base, state: 'inconclusive', value: null, message: latency.reason };
  const found = { ...base, value: latency.value * 1000, sampleSize: latency.sampleSize };
  if (baselineLatency === undefined) return { ...found, state: 'quiet', message: 'first check of this version: it becomes the baseline' };
  const limit = baselineLatency * maximumRatio;
  return { ...found, state: latency.value > limit ? 'signal' : 'quiet', threshold: `≤ ${formatNumber(limit * 1000)} ms (${formatNumber(maximumRatio)} × baseline)` };
}

function errorFinding({ errors, baselineErrors = 0 }: ServiceObservations, maximumPoints: number): Finding {
  const base = { id: 'service.errors', title: 'Error rate', kind: 'service' as const, alarming: true, threshold: `≤ ${formatShare(baselineErrors + maximumPoints)}` };
  if (errors.kind === 'unavailable') return { ...base, state: 'inconclusive', value: null, message: errors.reason };
  return { ...base, state: errors.value > baselineErrors + maximumPoints ? 'signal' : 'quiet', value: errors.value, sampleSize: errors.sampleSize };
}

function trafficFinding({ rowsPerDay, referenceRowsPerDay }: ServiceObservations, maximumChange: number): Finding {
  const base = { id: 'service.traffic', title: 'Logged rows a day', kind: 'service' as const, alarming: true, threshold: `within ±${formatShare(maximumChange)} of ${formatNumber(referenceRowsPerDay)}` };
  const change = rowsPerDay / referenceRowsPerDay - 1;
  if (!Number.isFinite(change)) return { ...base, state: 'inconclusive', value: null, message: 'the reference has no rows' };
  return { ...base, state: Math.abs(change) > maximumChange ? 'signal' : 'quiet', value: rowsPerDay, message: `${formatChange(change * 100)} %` };
}
