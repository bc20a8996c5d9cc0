import type { ScoredRows } from './scored-rows.ts';
import { thresholdSweep } from './threshold-sweep.ts';

export interface RecallThreshold {
  /** NaN when there is no positive: nothing to choose by. */
  readonly threshold: number;
  /** On the rows it was chosen on. */
  readonly recall: number;
  readonly accuracy: number;
  readonly sampleSize: number;
  readonly positives: number;
}

/**
 * The highest threshold whose recall on these rows reaches the target (the fewest false alarms that do). Choose on validation or trailing rows, never on test rows.
 * Throws RangeError as `checkScoredRows`, or unless 0 < target ≤ 1.
 *
 * @example
 * thresholdForRecall({ labels: Uint8Array.of(1, 0, 1), scores: Float64Array.of(0.9, 0.5, 0.3) }, 0.5).threshold; // 0.9
 */
export function thresholdForRecall(rows: ScoredRows, target: number): RecallThreshold {
  if (!(target > 0 && target <= 1)) throw new RangeError(`target recall must be in (0, 1], got ${target}`);
  const sweep = thresholdSweep(rows);
  const sampleSize = rows.scores.length;
  // A hair below, so that 0.8 of ten positives is eight in spite of rounding.
  const needed = target * sweep.positives * (1 - 1e-12);
  const chosen = sweep.positives === 0 ? -1 : sweep.truePositives.findIndex((hits) => hits >= needed);
  const threshold = sweep.thresholds[chosen];
  if (threshold === undefined) {
    return { threshold: Number.NaN, recall: Number.NaN, accuracy: Number.NaN, sampleSize, positives: sweep.positives };
  }
  const hits = sweep.truePositives[chosen] ?? 0;
  const correct = hits + sweep.negatives - (sweep.falsePositives[chosen] ?? 0);
  return {
    threshold,
    recall: hits / sweep.positives,
    accuracy: correct / (sweep.positives + sweep.negatives),
    sampleSize,
    positives: sweep.positives,
  };
}
