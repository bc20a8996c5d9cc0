import { dayWeightedRocAuc } from '../../metrics/day-weighted-auc.ts';
import { type Threshold, thresholdOfRow } from '../../metrics/scored-rows.ts';
import { type BootstrapEstimate, dayBlockBootstrap, type DayStatistic, differenceOfEstimates, ratioOfSums } from '../../statistics/day-block-bootstrap.ts';
import { type DayIndex, daySums } from '../../statistics/day-index.ts';
import { type Estimate, finite, toEstimate } from '../estimate.ts';

export const stressMetrics = ['accuracy', 'recall', 'rocAuc'] as const;
export type StressMetric = (typeof stressMetrics)[number];

/** What one metric loses under a disturbance. */
export interface StressedMetric {
  /** Undisturbed. */
  readonly clean: number | null;
  readonly stressed: Estimate;
  /** clean − stressed, paired. */
  readonly drop: Estimate;
}
export type StressedMetrics = Readonly<Record<StressMetric, StressedMetric>>;

/** Scores of some of the test rows. */
export interface StressedRows {
  /** Test rows by position. */
  readonly positions: readonly number[];
  /** One per position. */
  readonly scores: Float64Array;
}

export interface StressContext {
  /** Of all test rows. */
  readonly labels: Uint8Array;
  readonly days: DayIndex;
  readonly replicates: number;
  readonly seed: string;
}

/** Each metric of some rows with its resamples. */
export interface StressDraws {
  readonly estimates: Readonly<Record<StressMetric, BootstrapEstimate>>;
  readonly sizes: Readonly<Record<StressMetric, number>>;
}

/** One model without and with a disturbance. */
export interface StressedModel {
  readonly clean: StressDraws;
  readonly stressed: StressDraws;
}

export interface StressComparison {
  readonly candidate: StressedMetrics;
  readonly champion?: StressedMetrics;
  /** Candidate − champion under the disturbance, paired. */
  readonly gains?: Readonly<Record<StressMetric, Estimate>>;
}

/** Draws days, the same for every call with one context, so that all that is drawn can be compared draw by draw. */
export function drawStress(rows: StressedRows, threshold: Threshold, context: StressContext): StressDraws {
  const { days, replicates, seed, labels } = context;
  const positives = rows.positions.reduce((sum, row) => sum + (labels[row] ?? 0), 0);
  const size = rows.positions.length;
  return { estimates: dayBlockBootstrap(metricsOf(rows, threshold, context), { dayCount: days.dayCount, seed, replicates }), sizes: { accuracy: size, recall: positives, rocAuc: size } };
}

/** What each model loses, and what is between them under the disturbance. */
export function compareStress({ candidate, champion }: { readonly candidate: StressedModel; readonly champion: StressedModel | undefined }): StressComparison {
  if (champion === undefined) return { candidate: stressedMetrics(candidate) };
  return {
    candidate: stressedMetrics(candidate),
    champion: stressedMetrics(champion),
    gains: mapStress((metric) => {
      const { estimates, sizes } = candidate.stressed;
      return toEstimate({ ...differenceOfEstimates(estimates[metric], champion.stressed.estimates[metric]), sampleSize: sizes[metric] });
    }),
  };
}

function stressedMetrics({ clean, stressed }: StressedModel): StressedMetrics {
  return mapStress((metric) => {
    const [before, after] = [clean.estimates[metric], stressed.estimates[metric]];
    const sampleSize = stressed.sizes[metric];
    return { clean: finite(before.value), stressed: toEstimate({ ...after, sampleSize }), drop: toEstimate({ ...differenceOfEstimates(before, after), sampleSize }) };
  });
}

function mapStress<Value>(valueOf: (metric: StressMetric) => Value): Record<StressMetric, Value> {
  return { accuracy: valueOf('accuracy'), recall: valueOf('recall'), rocAuc: valueOf('rocAuc') };
}

function metricsOf({ positions, scores }: StressedRows, threshold: Threshold, { labels: allLabels, days: allDays }: StressContext): Record<StressMetric, DayStatistic> {
  const days: DayIndex = { ...allDays, index: Int32Array.from(positions, (row) => allDays.index[row] ?? 0) };
  const labels = Uint8Array.from(positions, (row) => allLabels[row] ?? 0);
  const predicted = Uint8Array.from(positions, (row, at) => ((scores[at] ?? Number.NaN) >= thresholdOfRow(threshold, row) ? 1 : 0));
  return {
    accuracy: ratioOfSums(daySums(days, labels.map((label, at) => (label === predicted[at] ? 1 : 0))), daySums(days)),
    recall: ratioOfSums(daySums(days, labels.map((label, at) => label * (predicted[at] ?? 0))), daySums(days, labels)),
    rocAuc: dayWeightedRocAuc({ labels, scores }, days),
  };
}
