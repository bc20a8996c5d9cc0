import type { GateSection } from '../pipeline/schema/gate.ts';
import { formatChange, formatCount, formatEstimate, formatNumber } from '../report/format-number.ts';
import type { Check, Verdict } from '../verdict/verdict.ts';
import type { Estimate } from './estimate.ts';
import type { Evaluation } from './evaluation.ts';
import { type GateMetric, gateMetrics } from './gate-metric.ts';
import { holdoutCheck } from './holdout-check.ts';
import type { LatencyMeasurement } from './latency.ts';
import { robustnessChecks } from './robustness-checks.ts';
import { sliceChecks } from './slice-checks.ts';

/** Fewer rows, or fewer of either class, prove nothing. */
export const minimumRows = 500;
export const minimumOfClass = 50;

export interface GateEvidence {
  readonly evaluation: Evaluation;
  /** Undefined where it could not be measured. */
  readonly latency: LatencyMeasurement | undefined;
}

/**
 * The gate, without I/O. Value checks decide on the point estimate, always or on a first run only; change checks ask that the gain reach the margin *and* that the lower bound of the paired
 * day-block bootstrap lie above 0. Without a champion the change checks are skipped and say so. Slices, robustness and the holdout's budget guard beside. What cannot be measured is inconclusive, never a pass; so is a gate
 * in which no metric decides: a fast model whose test rows are fresh is not yet a good one.
 */
export function decideGate(gate: GateSection, evidence: GateEvidence): Check[] {
  const tooFew = tooFewRows(evidence.evaluation);
  const checks = [
    ...gate['value-checks'].map((check) => (check.metric === 'latency-p95' ? latencyValue(check.maximum, evidence.latency) : metricValue(check, evidence.evaluation))),
    ...gate['change-checks'].map((check) => ('maximum-ratio' in check ? latencyChange(check['maximum-ratio'], evidence) : metricChange(check, evidence.evaluation))),
  ];
  const guards = [...qualityCheck(checks), ...sliceChecks(gate['slice-checks'], evidence.evaluation), ...robustnessChecks(gate.robustness, evidence.evaluation), ...holdoutCheck(evidence.evaluation)];
  if (tooFew === undefined) return [...checks, ...guards];
  const undecided = (check: Check): Check =>
    check.verdict === 'skipped' || check.id.startsWith('latency') ? check : { ...check, verdict: 'inconclusive', message: tooFew, remedy: 'Widen the test window, then run the gate again.' };
  return [...checks.map(undecided), ...guards];
}

/** Says so where neither a value nor a gain of any metric decides; nothing otherwise. */
function qualityCheck(checks: readonly Check[]): Check[] {
  if (checks.some(({ id, severity, verdict }) => !id.startsWith('latency') && severity === 'error' && verdict !== 'skipped')) return [];
  return [
    {
      id: 'quality',
      title: 'A metric that decides',
      value: null,
      severity: 'error',
      verdict: 'inconclusive',
      message: 'no check of a metric decides here, so nothing says whether the model is any good',
      remedy: 'Add a metric to gate.change-checks, which decide against a champion, or to gate.value-checks with decides: always and severity: error.',
    },
  ];
}

function tooFewRows({ rows, positives }: Evaluation): string | undefined {
  if (rows < minimumRows) return `${formatCount(rows)} test rows; at least ${formatCount(minimumRows)} are needed`;
  if (positives < minimumOfClass) return `${formatCount(positives)} positive test rows; at least ${minimumOfClass} are needed`;
  if (rows - positives < minimumOfClass) return `${formatCount(rows - positives)} negative test rows; at least ${minimumOfClass} are needed`;
  return undefined;
}

type MetricValueCheck = Exclude<GateSection['value-checks'][number], { metric: 'latency-p95' }>;

function metricValue(check: MetricValueCheck, { candidate, champion }: Evaluation): Check {
  const metric = gateMetrics[check.metric];
  const estimate = candidate[metric.name];
  // Where a feed has failed, the best possible model may miss every absolute target and still be far better than the one that is live.
  const decides = check.decides === 'always' || champion === undefined;
  const base = { id: check.metric, title: metric.title, severity: decides ? (check.severity ?? 'error') : ('warn' as const), ...measured(estimate) };
  const [sign, limit] = 'minimum' in check ? (['>', check.minimum] as const) : (['<', check.maximum] as const);
  const threshold = `${sign} ${formatNumber(limit)}`;
  if (estimate.value === null) return { ...base, threshold, verdict: 'inconclusive', message: `${metric.title} is undefined on these rows` };
  const passed = 'minimum' in check ? estimate.value > limit : estimate.value < limit;
  if (passed) return { ...base, threshold, verdict: 'pass' };
  return {
    ...base,
    threshold,
    verdict: 'fail',
    message: `${formatNumber(Math.abs(estimate.value - limit))} short of what is asked`,
    remedy: 'Look at the slices and baselines below: more data, other features or another operating point are the usual ways.',
  };
}

function metricChange(check: { metric: GateMetric; 'minimum-change': number }, { differences }: Evaluation): Check {
  const metric = gateMetrics[check.metric];
  const threshold = `gain ≥ ${formatNumber(check['minimum-change'])} and interval above 0`;
  const base = { id: `${check.metric}-change`, title: `${metric.title}: gain over the champion`, severity: 'error' as const, threshold };
  if (differences === undefined) return skippedWithoutChampion(base);
  const difference = differences[metric.name];
  const gain = metric.direction === 1 ? difference : negate(difference);
  const found = { ...base, ...measured(gain) };
  if (gain.value === null || gain.interval === null) return { ...found, verdict: 'inconclusive', message: 'the gain or its interval is undefined on these rows' };
  const reaches = gain.value >= check['minimum-change'];
  const beyondChance = gain.interval[0] > 0;
  if (reaches && beyondChance) return { ...found, verdict: 'pass', message: `${formatEstimate(gain.value, gain.interval, true)} on the same rows` };
  const reasons = [
    ...(reaches ? [] : [`${formatChange(gain.value)} is less than the margin`]),
    ...(beyondChance ? [] : ['the interval reaches down to 0 or below: it may be chance']),
  ];
  return {
    ...found,
    verdict: 'fail',
    message: reasons.join('; '),
    remedy: 'The champion stays. The incident waits for new labelled days, then a challenger is tried again.',
    ...(reaches ? { details: { unproven: true } } : {}),
  };
}

/** Whether all that refused a challenger is that its gains, each as large as asked, may be chance: more rows of the same world may prove it. */
export function onlyUnproven({ checks }: Pick<Verdict, 'checks'>): boolean {
  const refusing = checks.filter(({ severity, blocking, verdict }) => severity === 'error' && blocking !== false && verdict !== 'pass' && verdict !== 'skipped');
  return refusing.length > 0 && refusing.every(({ details }) => details?.['unproven'] === true);
}

function latencyValue(maximum: number, latency: LatencyMeasurement | undefined): Check {
  const base = { id: 'latency-p95', title: 'Single-row inference, p95', unit: 'ms', threshold: `< ${formatNumber(maximum)}`, severity: 'error' as const };
  const p95 = latency?.p95;
  if (latency === undefined || p95 === undefined || !Number.isFinite(p95)) {
    return { ...base, value: null, verdict: 'inconclusive', message: 'latency could not be measured' };
  }
  const found = { ...base, value: p95, sampleSize: latency.calls };
  if (p95 < maximum) return { ...found, verdict: 'pass' };
  return { ...found, verdict: 'fail', message: 'one row takes too long', remedy: 'Use a smaller network, or a faster machine if this one was busy.' };
}

function latencyChange(maximumRatio: number, { latency, evaluation }: GateEvidence): Check {
  const base = {
    id: 'latency-change',
    title: 'CPU time against the champion',
    unit: '×',
    threshold: `lower bound ≤ ${formatNumber(maximumRatio)}`,
    severity: 'error' as const,
  };
  if (evaluation.champion === undefined) return skippedWithoutChampion(base);
  const ratio = latency?.ratio;
  if (ratio === undefined || !Number.isFinite(ratio.value) || !ratio.interval.every(Number.isFinite)) {
    return { ...base, value: null, verdict: 'inconclusive', message: 'the two models could not be compared' };
  }
  const found = { ...base, value: ratio.value, interval: [...ratio.interval] as [number, number], sampleSize: ratio.rounds };
  // Slower only counts when it is beyond the noise of this machine.
  if (ratio.interval[0] <= maximumRatio) return { ...found, verdict: 'pass', message: 'alternated with the champion in one process' };
  return { ...found, verdict: 'fail', message: 'slower than the champion beyond chance', remedy: 'Use a smaller network or fewer features.' };
}

function skippedWithoutChampion<Base extends object>(base: Base): Base & Pick<Check, 'value' | 'verdict' | 'message'> {
  return { ...base, value: null, verdict: 'skipped', message: 'first run: there is no champion to compare with' };
}

function measured({ value, interval, sampleSize }: Estimate): Pick<Check, 'value' | 'interval' | 'sampleSize'> {
  return { value, sampleSize, ...(interval === null ? {} : { interval: [interval[0], interval[1]] }) };
}

function negate({ value, interval, sampleSize }: Estimate): Estimate {
  return { value: value === null ? null : -value, interval: interval === null ? null : [-interval[1], -interval[0]], sampleSize };
}
