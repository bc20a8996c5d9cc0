import { type DayRange, dayStart } from '../pipeline/training-window.ts';

/** Share of the window's days that the other window covers, 0 to 1; both half-open. */
export function overlapOf(window: DayRange, other: DayRange): number {
  const shared = Math.min(dayStart(window.to), dayStart(other.to)) - Math.max(dayStart(window.from), dayStart(other.from));
  return Math.max(0, shared) / (dayStart(window.to) - dayStart(window.from));
}
