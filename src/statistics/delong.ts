import { midranks } from './midranks.ts';
import { normalQuantile, normalTwoSidedPValue } from './normal-distribution.ts';
import type { NumberArray } from './quantile.ts';

/** ROC-AUC with DeLong's variance. Everything is NaN unless both classes have at least two rows. */
export interface DelongAuc {
  readonly auc: number;
  readonly variance: number;
  /** auc ± z·√variance, cut to [0, 1]. */
  readonly interval: readonly [number, number];
}

/** Difference of two AUCs on the same rows, first − second. NaN as in DelongAuc. */
export interface DelongDifference {
  readonly firstAuc: number;
  readonly secondAuc: number;
  readonly difference: number;
  readonly variance: number;
  readonly interval: readonly [number, number];
  /** Two-sided. Assumes independent rows: report, do not decide by it. 1 when the scores rank alike. */
  readonly pValue: number;
}

/**
 * One AUC and its variance.
 * Source: DeLong, DeLong and Clarke-Pearson 1988; midrank algorithm of Sun and Xu 2014, O(n log n).
 * Throws RangeError when lengths differ, a label is not 0 or 1, or a score is NaN.
 *
 * @param labels 0 or 1 per row
 * @param level confidence of the interval, default 0.95
 *
 * @example
 * delongAuc(Uint8Array.of(0, 0, 1, 1), Float64Array.of(0.1, 0.4, 0.35, 0.8)).auc; // 0.75
 */
export function delongAuc(labels: ArrayLike<number>, scores: NumberArray, level = 0.95): DelongAuc {
  const places = placements(labels, scores);
  const variance = varianceOfMean(places.ofPositives) + varianceOfMean(places.ofNegatives);
  const margin = normalQuantile(0.5 + level / 2) * Math.sqrt(variance);
  const auc = Number.isNaN(variance) ? Number.NaN : places.auc;
  return { auc, variance, interval: [Math.max(0, auc - margin), Math.min(1, auc + margin)] };
}

/**
 * Paired comparison of two scores on the same rows. Source, errors: as `delongAuc`.
 *
 * @example
 * delongDifference(labels, challengerScores, championScores).pValue;
 */
export function delongDifference(labels: ArrayLike<number>, first: NumberArray, second: NumberArray): DelongDifference {
  const one = placements(labels, first);
  const two = placements(labels, second);
  const positives = one.ofPositives.map((value, index) => value - (two.ofPositives[index] ?? 0));
  const negatives = one.ofNegatives.map((value, index) => value - (two.ofNegatives[index] ?? 0));
  const variance = varianceOfMean(positives) + varianceOfMean(negatives);
  if (Number.isNaN(variance)) {
    const none = Number.NaN;
    return { firstAuc: none, secondAuc: none, difference: none, variance, interval: [none, none], pValue: none };
  }
  const difference = one.auc - two.auc;
  const margin = normalQuantile(0.975) * Math.sqrt(variance);
  const pValue = variance === 0 ? (difference === 0 ? 1 : 0) : normalTwoSidedPValue(difference / Math.sqrt(variance));
  return { firstAuc: one.auc, secondAuc: two.auc, difference, variance, interval: [difference - margin, difference + margin], pValue };
}

/** Each positive's share of negatives below it, and each negative's share of positives above it (ties half). */
interface Placements {
  readonly auc: number;
  readonly ofPositives: Float64Array;
  readonly ofNegatives: Float64Array;
}

function placements(labels: ArrayLike<number>, scores: NumberArray): Placements {
  if (labels.length !== scores.length) throw new RangeError(`${labels.length} labels but ${scores.length} scores`);
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] !== 0 && labels[row] !== 1) throw new RangeError(`label of row ${row} is ${labels[row]}, not 0 or 1`);
  }
  const positives = Float64Array.from(scores).filter((_, row) => labels[row] === 1);
  const negatives = Float64Array.from(scores).filter((_, row) => labels[row] === 0);
  const among = midranks(scores);
  const amongPositives = midranks(positives);
  const amongNegatives = midranks(negatives);
  const ofPositives = new Float64Array(positives.length);
  const ofNegatives = new Float64Array(negatives.length);
  let positive = 0;
  let negative = 0;
  for (let row = 0; row < labels.length; row++) {
    const rank = among[row] ?? Number.NaN;
    if (labels[row] === 1) {
      ofPositives[positive] = (rank - (amongPositives[positive] ?? 0)) / negatives.length;
      positive++;
    } else {
      ofNegatives[negative] = 1 - (rank - (amongNegatives[negative] ?? 0)) / positives.length;
      negative++;
    }
  }
  return { auc: mean(ofPositives), ofPositives, ofNegatives };
}

/** Sample variance over n. NaN below two values. */
function varianceOfMean(values: Float64Array): number {
  if (values.length < 2) return Number.NaN;
  const centre = mean(values);
  let sum = 0;
  for (const value of values) sum += (value - centre) ** 2;
  return sum / (values.length - 1) / values.length;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
