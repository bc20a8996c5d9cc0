import { assertNever } from '../errors.ts';
import type { OperatingPointSection } from '../pipeline/schema/operating-point.ts';
import { type OperatingPoint, type OperatingPointRows, trailingRecallThreshold } from './trailing-recall.ts';

export interface ReplayWindow {
  /** UTC day numbers, half-open. */
  readonly from: number;
  readonly to: number;
  /** The threshold that was chosen on validation rows. */
  readonly fallback: number;
}

export interface OperatingPointReplay {
  /** One for each day of the window, in order. */
  readonly points: readonly OperatingPoint[];
  /** Positions of the rows of the window, ascending. */
  readonly rows: Int32Array;
  /** For each of `rows` the threshold of its day, and whether its score reaches it. */
  readonly thresholds: Float64Array;
  readonly decisions: Uint8Array;
}

/**
 * What the policy would have decided, day by day, as if it had been deployed: each day's threshold sees only what was known when it began.
 * `rows` must also hold the days before the window that the policy looks back on. Throws RangeError as `trailingRecallThreshold`.
 */
export function replayOperatingPoints(rows: OperatingPointRows, window: ReplayWindow, policy: OperatingPointSection): OperatingPointReplay {
  const points = Array.from({ length: Math.max(0, window.to - window.from) }, (_, index) => operatingPoint(rows, window.from + index, { policy, fallback: window.fallback }));
  const positions = Int32Array.from(rows.days.keys()).filter((row) => (rows.days[row] ?? 0) >= window.from && (rows.days[row] ?? 0) < window.to);
  const thresholds = Float64Array.from(positions, (row) => points[(rows.days[row] ?? 0) - window.from]?.threshold ?? NaN);
  const decisions = Uint8Array.from(positions, (row, index) => ((rows.scores[row] ?? NaN) >= (thresholds[index] ?? NaN) ? 1 : 0));
  return { points, rows: positions, thresholds, decisions };
}

/** The operating point of one day. Throws RangeError as `trailingRecallThreshold`. */
export function operatingPoint(rows: OperatingPointRows, day: number, { policy, fallback }: { readonly policy: OperatingPointSection; readonly fallback: number }): OperatingPoint {
  switch (policy.policy) {
    case 'fixed':
      return { day, threshold: fallback, source: 'validation', rows: 0, positives: 0 };
    case 'trailing-recall':
      return trailingRecallThreshold(rows, day, { target: policy.target, days: policy.days, delay: policy.delay, minimumPositives: policy['minimum-positives'], fallback });
    default:
      return assertNever(policy);
  }
}
