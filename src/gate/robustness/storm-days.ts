import { dayIndex, daySums } from '../../statistics/day-index.ts';

/** Below this many days a resample often holds none of them. */
const fewestDays = 4;

export interface StormDays {
  /** Day number of each row. */
  readonly days: Int32Array;
  /** The severity of each row's weather; NaN is not counted. */
  readonly severity: Float64Array;
  /** Of all days. */
  readonly share: number;
}

/** Rows of the days with the worst mean severity, ascending. */
export function stormRows({ days, severity, share }: StormDays): number[] {
  const index = dayIndex(days);
  const known = daySums(index, severity.map((value) => (Number.isNaN(value) ? 0 : 1)));
  const sums = daySums(index, severity.map((value) => (Number.isNaN(value) ? 0 : value)));
  const mean = (day: number): number => (known[day] === 0 ? Number.NEGATIVE_INFINITY : (sums[day] ?? 0) / (known[day] ?? 1));
  const ranked = Array.from({ length: index.dayCount }, (_, day) => day).sort((a, b) => mean(b) - mean(a) || a - b);
  const worst = new Set(ranked.slice(0, Math.min(Math.max(fewestDays, Math.round(share * index.dayCount)), index.dayCount)));
  return Array.from(index.index.keys()).filter((row) => worst.has(index.index[row] ?? -1));
}
