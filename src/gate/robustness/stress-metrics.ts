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

export interface StressScores {
  readonly clean: StressedRows;
  readonly stressed: StressedRows;
}

export interface StressContext {
  /** Of all test rows. */
  readonly labels: Uint8Array;
  readonly days: DayIndex;
  readonly replicates: number;
  readonly seed: string;
}

export interface StressedModel extends StressScores {
  readonly threshold: Threshold;
}

export interface StressComparison {
  readonly candidate: StressedMetrics;
  readonly champion?: StressedMetrics;
  /** Candidate − champion under the disturbance, paired. */
  readonly gains?: Readonly<Record<StressMetric, Estimate>>;
}

/** Clean and disturbed, candidate and champion: all by the same drawn days. */
export function measureStress(models: { readonly candidate: StressedModel; readonly champion: StressedModel | undefined }, context: StressContext): StressComparison {
  const { candidate, champion } = models;
  const statistics: Record<string, DayStatistic> = {};
  const add = (name: string, model: StressedModel): void => {
    for (const state of ['clean', 'stressed'] as const) {
      for (const [metric, statistic] of Object.entries(metricsOf(model[state], model.threshold, context))) statistics[`${name}/${state}/${metric}`] = statistic;
    }
  };
  add('candidate', candidate);
  if (champion !== undefined) add('champion', champion);
  const estimates = dayBlockBootstrap(statistics, { dayCount: context.days.dayCount, seed: context.seed, replicates: context.replicates });
  const sizeOf = ({ stressed: { positions } }: StressedModel, metric: StressMetric): number =>
    metric === 'recall' ? positions.reduce((sum, row) => sum + (context.labels[row] ?? 0), 0) : positions.length;
  const estimateOf = (key: string): BootstrapEstimate => {
    const estimate = estimates[key];
    if (estimate === undefined) throw new Error(`no statistic ${key}`);
    return estimate;
  };
  const stressedMetrics = (name: string, model: StressedModel): StressedMetrics =>
    mapStress((metric) => {
      const clean = estimateOf(`${name}/clean/${metric}`);
      const stressed = estimateOf(`${name}/stressed/${metric}`);
      const sampleSize = sizeOf(model, metric);
      return { clean: finite(clean.value), stressed: toEstimate({ ...stressed, sampleSize }), drop: toEstimate({ ...differenceOfEstimates(clean, stressed), sampleSize }) };
    });
  if (champion === undefined) return { candidate: stressedMetrics('candidate', candidate) };
  return {
    candidate: stressedMetrics('candidate', candidate),
    champion: stressedMetrics('champion', champion),
    gains: mapStress((metric) =>
      toEstimate({ ...differenceOfEstimates(estimateOf(`candidate/stressed/${metric}`), estimateOf(`champion/stressed/${metric}`)), sampleSize: sizeOf(candidate, metric) }),
    ),
  };
}

export function mapStress<Value>(valueOf: (metric: StressMetric) => Value): Record<StressMetric, Value> {
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
