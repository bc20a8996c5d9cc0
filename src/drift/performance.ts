import type { DriftSection } from '../pipeline/schema/drift.ts';
import { formatEstimate, formatNumber } from '../report/format-number.ts';
import { confidenceBasedEstimation } from '../statistics/confidence-based-estimation.ts';
import { type BootstrapEstimate, dayBlockBootstrap, ratioOfSums } from '../statistics/day-block-bootstrap.ts';
import { dayIndex, daySums } from '../statistics/day-index.ts';
import type { Finding } from './finding.ts';

export interface PerformanceRows {
  /** All arrays: one entry per row of the live version. */
  readonly probability: Float64Array;
  readonly threshold: Float64Array;
  readonly decision: Uint8Array;
  readonly days: Int32Array;
  /** NaN where no label has come. */
  readonly labels: Float64Array;
}

/** Accuracy and recall that the version showed before it went live. */
export interface ReferencePerformance {
  readonly accuracy: number | null;
  readonly recall: number | null;
  /** Where these come from, for people. */
  readonly source: string;
}

/**
 * Realised accuracy and recall where labels have come, against the reference; and what calibrated scores would have promised for the same rows, so that it shows how far
 * estimates can be trusted here. A fall counts when it exceeds the limit *and* the realised interval lies below the reference.
 */
export function detectPerformance(rows: PerformanceRows, reference: ReferencePerformance, drift: DriftSection): Finding[] {
  const labelled = selectRows(rows, (row) => !Number.isNaN(rows.labels[row]));
  const realised = realise(labelled);
  const fall = (metric: 'accuracy' | 'recall', maximum: number): Finding => {
    const before = reference[metric];
    const { value, interval } = realised[metric];
    const sampleSize = metric === 'recall' ? labelled.labels.reduce((sum, label) => sum + label, 0) : labelled.labels.length;
    const measured = labelled.labels.length >= drift['minimum-rows'] && Number.isFinite(value) && interval.every(Number.isFinite);
    const base = {
      id: `performance.${metric}`,
      title: `Realised ${metric}`,
      kind: 'performance' as const,
      alarming: true,
      value: Number.isFinite(value) ? value : null,
      interval: interval.every(Number.isFinite) ? interval : null,
      sampleSize,
      threshold: before === null ? '–' : `≥ ${formatNumber(before - maximum)}, or interval reaching ${formatNumber(before)}`,
    };
    if (!measured || before === null) {
      return { ...base, state: 'inconclusive', message: `${labelled.labels.length} labelled rows of the live version; ${drift['minimum-rows']} are needed` };
    }
    const signal = before - value > maximum && interval[1] < before;
    return { ...base, state: signal ? 'signal' : 'quiet', message: `${formatNumber(before)} ${reference.source}` };
  };
  return [fall('accuracy', drift.performance['maximum-drop']), fall('recall', drift.performance['recall-maximum-drop']), ...estimatedFindings(rows, labelled, realised)];
}

function estimatedFindings(rows: PerformanceRows, labelled: PerformanceRows, realised: Record<'accuracy' | 'recall', BootstrapEstimate>): Finding[] {
  const estimateOf = (given: PerformanceRows): ReturnType<typeof confidenceBasedEstimation> =>
    confidenceBasedEstimation({ scores: given.probability, threshold: given.threshold, days: given.days, seed: 'drift/estimate' });
  const all = estimateOf(rows);
  const same = labelled.labels.length === rows.labels.length ? all : estimateOf(labelled);
  return (['accuracy', 'recall'] as const).map((metric) => {
    const { value, interval, sampleSize } = all[metric];
    const off = same[metric].value - realised[metric].value;
    return {
      id: `estimated.${metric}`,
      title: `Estimated ${metric}, before labels`,
      kind: 'performance',
      state: Number.isFinite(value) ? 'quiet' : 'inconclusive',
      alarming: false,
      value: Number.isFinite(value) ? value : null,
      interval: interval.every(Number.isFinite) ? interval : null,
      sampleSize,
      ...(Number.isFinite(off)
        ? { message: `on the ${labelled.labels.length} labelled rows it said ${formatEstimate(same[metric].value, same[metric].interval)}: off by ${formatNumber(off)}` }
        : {}),
    };
  });
}

function realise(rows: PerformanceRows): Record<'accuracy' | 'recall', BootstrapEstimate> {
  const days = dayIndex(rows.days);
  const right = Float64Array.from(rows.labels, (label, row) => (label === rows.decision[row] ? 1 : 0));
  const hits = Float64Array.from(rows.labels, (label, row) => label * (rows.decision[row] ?? 0));
  return dayBlockBootstrap(
    { accuracy: ratioOfSums(daySums(days, right), daySums(days)), recall: ratioOfSums(daySums(days, hits), daySums(days, rows.labels)) },
    { dayCount: days.dayCount, seed: 'drift/realised' },
  );
}

/** The rows that a condition holds for. */
export function selectRows(rows: PerformanceRows, condition: (row: number) => boolean): PerformanceRows {
  const kept = Array.from(rows.labels.keys()).filter(condition);
  const pick = (values: ArrayLike<number>): number[] => kept.map((row) => values[row] ?? Number.NaN);
  return {
    probability: Float64Array.from(pick(rows.probability)),
    threshold: Float64Array.from(pick(rows.threshold)),
    decision: Uint8Array.from(pick(rows.decision)),
    days: Int32Array.from(pick(rows.days)),
    labels: Float64Array.from(pick(rows.labels)),
  };
}
