/** Rows by day, YYYY-MM-DD in UTC. A day without rows may be absent. */
export type RowsByDay = ReadonlyMap<string, number>;

export interface DayWindow {
  /** Milliseconds since the Unix epoch, half-open. */
  readonly from: number;
  readonly to: number;
}

export interface DayDifference {
  readonly day: string;
  readonly rows: number;
  /** Of the same weekday in the weeks before. */
  readonly median: number;
  /** |rows − median| / median, relative. */
  readonly difference: number;
}

const dayLength = 86_400_000;
/** A wrong clock must not make a million days of nothing. */
const maximumDays = 100_000;

/** Every day that is told about: those of the window, else from the first to the last with rows. Days in between without rows have none: 0. */
export function daysBetween(rows: RowsByDay, window?: DayWindow): (readonly [string, number])[] {
  const { from, to } = window === undefined ? span(rows) : wholeDays(window);
  return listDays(from, to).map((day) => [day, rows.get(day) ?? 0] as const);
}

/** The complete days of the window. Where nobody said what was asked for, the first and the last day with rows may be cut, so they are not judged. */
export function judgedDays(rows: RowsByDay, window?: DayWindow): string[] {
  const { from, to } = window === undefined ? span(rows) : wholeDays(window);
  return window === undefined ? listDays(from + dayLength, to - dayLength) : listDays(from, to);
}

/**
 * Each judged day against the median of the same weekday in the weeks before it; days that lack one of these are left out. Where the median is 0, rows
 * are told against one row, so that the difference stays a number.
 */
export function seasonalDifference(known: RowsByDay, judged: readonly string[], weeks: number): DayDifference[] {
  return judged.flatMap((day) => {
    const before = Array.from({ length: weeks }, (_, week) => known.get(dayText(Date.parse(day) - (week + 1) * 7 * dayLength)) ?? Number.NaN);
    if (before.some(Number.isNaN)) return [];
    const median = medianOf(before);
    const rows = known.get(day) ?? 0;
    return [{ day, rows, median, difference: Math.abs(rows - median) / Math.max(1, median) }];
  });
}

function span(rows: RowsByDay): DayWindow {
  const days = [...rows.keys()].map((day) => Date.parse(day)).filter(Number.isFinite);
  return days.length === 0 ? { from: 0, to: 0 } : { from: days.reduce((a, b) => Math.min(a, b)), to: days.reduce((a, b) => Math.max(a, b)) + dayLength };
}

function wholeDays({ from, to }: DayWindow): DayWindow {
  return { from: Math.ceil(from / dayLength) * dayLength, to: Math.floor(to / dayLength) * dayLength };
}

function listDays(from: number, to: number): string[] {
  const count = Math.max(0, Math.min(maximumDays, (to - from) / dayLength));
  // The last of them: of a row dated 1900 and a year of today, the year is what is asked about.
  const first = to - count * dayLength;
  return Array.from({ length: count }, (_, index) => dayText(first + index * dayLength));
}

function dayText(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[middle - 1] ?? Number.NaN, sorted[middle] ?? Number.NaN];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}
