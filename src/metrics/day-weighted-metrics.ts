import { ratioOfSums, weightedSum, type DayStatistic } from '../statistics/day-block-bootstrap.ts';
import { daySums, type DayIndex } from '../statistics/day-index.ts';
import { numberBinIndex, quantileBins } from '../statistics/quantile-bins.ts';
import { dayWeightedPrAuc, dayWeightedRocAuc } from './day-weighted-auc.ts';
import { logLossOfRow } from './log-loss.ts';
import { checkProbabilityRows, checkThreshold, thresholdOfRow, type ScoredRows, type Threshold } from './scored-rows.ts';

/** The metrics stored with every model version. */
export const metricNames = [
  'accuracy',
  'precision',
  'recall',
  'f1',
  'rocAuc',
  'prAuc',
  'brier',
  'logLoss',
  'expectedCalibrationError',
  'predictedPositiveRate',
] as const;
export type MetricName = (typeof metricNames)[number];

/** One metric as a function of the days' weights, and the rows its denominator rests on. */
export interface DayWeightedMetric {
  readonly statistic: DayStatistic;
  /** All rows; for recall the positives, for precision the predicted positives. */
  readonly sampleSize: number;
}

const calibrationBins = 15;

/**
 * Every metric reduced to sums per day where it has them (all but the two areas), so that resampling days is cheap. With all weights 1 each equals the metric of its own file.
 * The calibration bins stay those of the sample itself in every resample.
 * Throws RangeError as `checkProbabilityRows` and `checkThreshold`, or when there is not one day per row.
 */
export function dayWeightedMetrics(rows: ScoredRows, threshold: Threshold, days: DayIndex): Record<MetricName, DayWeightedMetric> {
  checkProbabilityRows(rows);
  checkThreshold(threshold, rows.scores.length);
  const { labels, scores } = rows;
  const predicted = Uint8Array.from(scores, (score, row) => (score >= thresholdOfRow(threshold, row) ? 1 : 0));
  const sumBy = (valueOfRow: (label: number, predictedLabel: number, score: number) => number): Float64Array =>
    daySums(days, Float64Array.from(scores, (score, row) => valueOfRow(labels[row] ?? 0, predicted[row] ?? 0, score)));

  const everyRow = daySums(days);
  const positives = sumBy((label) => label);
  const predictedPositives = sumBy((_, guess) => guess);
  const hits = sumBy((label, guess) => label * guess);
  const correct = sumBy((label, guess) => (label === guess ? 1 : 0));
  const squaredErrors = sumBy((label, _, score) => (score - label) ** 2);
  const logLosses = sumBy((label, _, score) => logLossOfRow(label, score));
  const rowCount = scores.length;
  const overAll = (statistic: DayStatistic): DayWeightedMetric => ({ statistic, sampleSize: rowCount });

  return {
    accuracy: overAll(ratioOfSums(correct, everyRow)),
    precision: { statistic: ratioOfSums(hits, predictedPositives), sampleSize: total(predictedPositives) },
    recall: { statistic: ratioOfSums(hits, positives), sampleSize: total(positives) },
    f1: overAll(
      ratioOfSums(
        hits.map((value) => 2 * value),
        positives.map((value, day) => value + (predictedPositives[day] ?? 0)),
      ),
    ),
    rocAuc: overAll(dayWeightedRocAuc(rows, days)),
    prAuc: overAll(dayWeightedPrAuc(rows, days)),
    brier: overAll(ratioOfSums(squaredErrors, everyRow)),
    logLoss: overAll(ratioOfSums(logLosses, everyRow)),
    expectedCalibrationError: overAll(calibrationError(rows, days)),
    predictedPositiveRate: overAll(ratioOfSums(predictedPositives, everyRow)),
  };
}

/** Σ over bins |Σ w·(score − label)| / Σ w: the usual form with the bin's size cancelled. */
function calibrationError({ labels, scores }: ScoredRows, days: DayIndex): DayStatistic {
  const bins = quantileBins(scores, calibrationBins);
  const rows = daySums(days);
  const residuals = Array.from({ length: bins.edges.length + 1 }, () => new Float64Array(days.dayCount));
  for (let row = 0; row < scores.length; row++) {
    const score = scores[row] ?? Number.NaN;
    const ofBin = residuals[numberBinIndex(bins, score)];
    const day = days.index[row] ?? 0;
    if (ofBin !== undefined) ofBin[day] = (ofBin[day] ?? 0) + score - (labels[row] ?? 0);
  }
  return (weights) => residuals.reduce((sum, ofBin) => sum + Math.abs(weightedSum(ofBin, weights)), 0) / weightedSum(rows, weights);
}

function total(sums: Float64Array): number {
  return sums.reduce((sum, value) => sum + value, 0);
}
