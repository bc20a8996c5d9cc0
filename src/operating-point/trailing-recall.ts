import { thresholdForRecall } from '../metrics/threshold-for-recall.ts';

/** Scored rows, labelled or not yet; every array has one entry per row. */
export interface OperatingPointRows {
  /** Probabilities. */
  readonly scores: Float64Array;
  /** 0 or 1; NaN where nobody knows yet. */
  readonly labels: Float64Array;
  /** UTC day number of the event, as `utcDays` counts. */
  readonly days: Int32Array;
  /** When the label was known: milliseconds since the Unix epoch, NaN for never. Absent: everything that `delay` lets through was. */
  readonly knownAt?: Float64Array;
}

export interface TrailingRecall {
  /** The recall to reach, in (0, 1]. */
  readonly target: number;
  /** Length of the window in days. */
  readonly days: number;
  /** The window's last day lies this many days before the day that is decided for: labels must have come by then. At least 1. */
  readonly delay: number;
  /** With fewer positives in the window the fallback holds. */
  readonly minimumPositives: number;
  /** The threshold that was chosen on validation rows. */
  readonly fallback: number;
}

export interface OperatingPoint {
  /** UTC day number for which the threshold decides. */
  readonly day: number;
  readonly threshold: number;
  readonly source: 'trailing' | 'validation';
  /** Labelled rows in the window, and how many of them are positive. */
  readonly rows: number;
  readonly positives: number;
}

const millisecondsPerDay = 86_400_000;

/**
 * The threshold of one day: the highest that would have reached the target recall on the labelled rows of days
 * day − delay − days + 1 … day − delay. A label that was not known when the day began is not used, wherever it lies in the window.
 * Ranking lasts longer than the base rate does, so the threshold follows the rate and the model stays what it is.
 * Throws RangeError for lengths that differ, or options out of range.
 *
 * @example
 * trailingRecallThreshold(rows, 15_900, { target: 0.83, days: 28, delay: 2, minimumPositives: 200, fallback: 0.31 }).threshold;
 */
export function trailingRecallThreshold(rows: OperatingPointRows, day: number, policy: TrailingRecall): OperatingPoint {
  checkPolicy(rows, policy);
  const { days, knownAt, labels, scores } = rows;
  const last = day - policy.delay;
  const first = last - policy.days + 1;
  const begin = day * millisecondsPerDay;
  const used: number[] = [];
  days.forEach((of, row) => {
    const label = labels[row];
    const isKnown = (label === 0 || label === 1) && (knownAt === undefined || (knownAt[row] ?? NaN) < begin);
    if (of >= first && of <= last && isKnown) used.push(row);
  });
  const window = { labels: Float64Array.from(used, (row) => labels[row] ?? NaN), scores: Float64Array.from(used, (row) => scores[row] ?? NaN) };
  const positives = window.labels.reduce((sum, label) => sum + label, 0);
  const found = { day, rows: used.length, positives };
  if (positives < Math.max(1, policy.minimumPositives)) return { ...found, threshold: policy.fallback, source: 'validation' };
  return { ...found, threshold: thresholdForRecall(window, policy.target).threshold, source: 'trailing' };
}

function checkPolicy({ scores, labels, days, knownAt }: OperatingPointRows, policy: TrailingRecall): void {
  if (labels.length !== scores.length || days.length !== scores.length || (knownAt !== undefined && knownAt.length !== scores.length)) {
    throw new RangeError(`${scores.length} scores, but ${labels.length} labels and ${days.length} days`);
  }
  if (!(policy.target > 0 && policy.target <= 1)) throw new RangeError(`target recall must be in (0, 1], got ${policy.target}`);
  if (!Number.isInteger(policy.days) || policy.days < 1) throw new RangeError(`days must be a whole number ≥ 1, got ${policy.days}`);
  if (!Number.isInteger(policy.delay) || policy.delay < 1) throw new RangeError(`delay must be a whole number ≥ 1, got ${policy.delay}`);
}
