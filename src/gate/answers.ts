import type { Threshold } from '../metrics/scored-rows.ts';
import type { NumberArray } from '../statistics/quantile.ts';

/** What one model says about every row. */
export interface Answers {
  readonly scores: NumberArray;
  readonly threshold: Threshold;
}
