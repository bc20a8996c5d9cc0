import type { ScoredRows } from './scored-rows.ts';
import { thresholdSweep } from './threshold-sweep.ts';

export interface GainTarget {
  /** The champion on the same rows, at its own threshold. */
  readonly champion: { readonly accuracy: number; readonly recall: number };
  /** The gains the gate asks, absolute and > 0 (0.02 and 0.03). */
  readonly accuracyMargin: number;
  readonly recallMargin: number;
}

export interface GainThreshold {
  /** NaN when the rows hold no positive or the champion's numbers are NaN. */
  readonly threshold: number;
  readonly accuracyGain: number;
  readonly recallGain: number;
  /** min(accuracyGain / accuracyMargin, recallGain / recallMargin): 1 or more reaches both margins on these rows. */
  readonly balance: number;
  readonly sampleSize: number;
}

/**
 * The challenger's threshold that serves both margins best: it maximises the smaller of the two gains, each in units of its margin; of equals the highest threshold.
 * A challenger that aims at the champion's recall cannot gain recall by construction, so it must choose where accuracy and recall both rise.
 * Choose on a calibration window, never on the gate's rows. Throws RangeError as `checkScoredRows`, or for a margin that is not > 0.
 *
 * @param rows labels and the challenger's scores on the calibration window
 *
 * @example
 * thresholdForGains({ labels, scores }, { champion: { accuracy: 0.87, recall: 0.8 }, accuracyMargin: 0.02, recallMargin: 0.03 }).threshold;
 */
export function thresholdForGains(rows: ScoredRows, target: GainTarget): GainThreshold {
  const { champion, accuracyMargin, recallMargin } = target;
  if (!(accuracyMargin > 0) || !(recallMargin > 0)) {
    throw new RangeError(`margins must be > 0, got ${accuracyMargin} and ${recallMargin}`);
  }
  const sweep = thresholdSweep(rows);
  let best: Omit<GainThreshold, 'sampleSize'> = { threshold: Number.NaN, accuracyGain: Number.NaN, recallGain: Number.NaN, balance: Number.NaN };
  for (let position = 0; position < sweep.thresholds.length; position++) {
    const hits = sweep.truePositives[position] ?? 0;
    const correct = hits + sweep.negatives - (sweep.falsePositives[position] ?? 0);
    const accuracyGain = correct / (sweep.positives + sweep.negatives) - champion.accuracy;
    const recallGain = hits / sweep.positives - champion.recall;
    const balance = Math.min(accuracyGain / accuracyMargin, recallGain / recallMargin);
    if (Number.isNaN(balance)) continue;
    if (Number.isNaN(best.balance) || balance > best.balance) {
      best = { threshold: sweep.thresholds[position] ?? Number.NaN, accuracyGain, recallGain, balance };
    }
  }
  return { ...best, sampleSize: rows.scores.length };
}
