import { type DayRange, dayOf, dayStart } from '../pipeline/training-window.ts';

const day = 24 * 60 * 60 * 1000;

/** Share of the window's days that the other window covers, 0 to 1; both half-open. */
export function overlapOf(window: DayRange, other: DayRange): number {
  const shared = Math.min(dayStart(window.to), dayStart(other.to)) - Math.max(dayStart(window.from), dayStart(other.from));
  return Math.max(0, shared) / (dayStart(window.to) - dayStart(window.from));
}

/**
 * How many of the uses at least half of the window's days have seen, each day by itself: many short uses count like a long one, so that no other cut of the same days makes them fresh.
 *
 * @example
 * usesOfHalf({ from: '2013-05-01', to: '2013-05-03' }, [{ from: '2013-05-01', to: '2013-05-02' }]); // 1
 */
export function usesOfHalf(window: DayRange, uses: readonly DayRange[]): number {
  const days = Math.round((dayStart(window.to) - dayStart(window.from)) / day);
  const seen = Array.from({ length: days }, (_, index) => {
    const name = dayOf(dayStart(window.from) + index * day);
    return uses.filter(({ from, to }) => from <= name && name < to).length;
  }).sort((a, b) => b - a);
  return seen[Math.ceil(days / 2) - 1] ?? 0;
}
