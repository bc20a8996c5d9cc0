import type { NumberArray } from '../statistics/quantile.ts';

/** What a classification metric reads. All arrays have one entry per row. */
export interface ScoredRows {
  /** 1 = positive (delayed), 0 = negative. */
  readonly labels: Uint8Array | NumberArray;
  /** Higher = more likely positive; a probability where the metric says so. */
  readonly scores: NumberArray;
  /** ≥ 0 and finite; every row counts 1 without them. */
  readonly weights?: NumberArray | undefined;
}

/** A row is predicted positive when score ≥ threshold: one for all rows, or one per row (an operating point that changes by day). */
export type Threshold = number | NumberArray;

/** Throws RangeError when lengths differ, a label is not 0 or 1, a score is NaN, or a weight is negative or not finite: a caller's mistake, never data. */
export function checkScoredRows({ labels, scores, weights }: ScoredRows): void {
  if (labels.length !== scores.length) throw new RangeError(`${labels.length} labels but ${scores.length} scores`);
  if (weights !== undefined && weights.length !== scores.length) {
    throw new RangeError(`${scores.length} scores but ${weights.length} weights`);
  }
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row];
    if (label !== 0 && label !== 1) throw new RangeError(`label of row ${row} is ${label}, not 0 or 1`);
    if (Number.isNaN(scores[row])) throw new RangeError(`score of row ${row} is NaN`);
    const weight = weights?.[row] ?? 1;
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) throw new RangeError(`weight of row ${row} is ${weight}`);
  }
}

/** As `checkScoredRows`, and every score must be a probability in [0, 1]. */
export function checkProbabilityRows(rows: ScoredRows): void {
  checkScoredRows(rows);
  const outside = rows.scores.findIndex((score) => score < 0 || score > 1);
  if (outside >= 0) throw new RangeError(`score of row ${outside} is ${rows.scores[outside]}, not a probability`);
}

/** Throws RangeError when a threshold is NaN or there is not one per row. */
export function checkThreshold(threshold: Threshold, rows: number): void {
  if (typeof threshold === 'number') {
    if (Number.isNaN(threshold)) throw new RangeError('threshold is NaN');
    return;
  }
  if (threshold.length !== rows) throw new RangeError(`${rows} rows but ${threshold.length} thresholds`);
  const missing = threshold.findIndex((value) => Number.isNaN(value));
  if (missing >= 0) throw new RangeError(`threshold of row ${missing} is NaN`);
}

/** The threshold that applies to a row. */
export function thresholdOfRow(threshold: Threshold, row: number): number {
  return typeof threshold === 'number' ? threshold : (threshold[row] ?? Number.NaN);
}
