const millisecondsPerDay = 86_400_000;

/** Rows grouped by day: `index[row]` in 0 … dayCount − 1, ascending with the day. */
export interface DayIndex {
  readonly index: Int32Array;
  readonly dayCount: number;
  /** The original day number of each index. Length dayCount. */
  readonly days: Int32Array;
}

/**
 * Turns any day numbers (days since an epoch, yyyymmdd, …) into a gapless index; a day without rows does not exist for a resampler.
 *
 * @example
 * dayIndex(Int32Array.of(20, 10, 20)); // { index: [1, 0, 1], dayCount: 2, days: [10, 20] }
 */
export function dayIndex(days: Int32Array): DayIndex {
  const distinct = Int32Array.from(new Set(days)).sort();
  const positions = new Map<number, number>();
  distinct.forEach((day, position) => positions.set(day, position));
  return { index: days.map((day) => positions.get(day) ?? 0), dayCount: distinct.length, days: distinct };
}

/**
 * UTC day number (days since 1970-01-01) of each timestamp in milliseconds. Throws RangeError for a timestamp that is not finite.
 */
export function utcDays(timestamps: Float64Array): Int32Array {
  const days = new Int32Array(timestamps.length);
  for (let row = 0; row < timestamps.length; row++) {
    const timestamp = timestamps[row] ?? Number.NaN;
    if (!Number.isFinite(timestamp)) throw new RangeError(`timestamp of row ${row} is ${timestamp}`);
    days[row] = Math.floor(timestamp / millisecondsPerDay);
  }
  return days;
}

/**
 * Sum of values per day; without values, rows per day. Length dayCount.
 * Throws RangeError when lengths differ.
 *
 * @example
 * daySums(dayIndex(Int32Array.of(1, 1, 2)), Float64Array.of(1, 2, 5)); // [3, 5]
 */
export function daySums(days: DayIndex, values?: ArrayLike<number>): Float64Array {
  if (values !== undefined && values.length !== days.index.length) {
    throw new RangeError(`${days.index.length} rows but ${values.length} values`);
  }
  const sums = new Float64Array(days.dayCount);
  for (let row = 0; row < days.index.length; row++) {
    const day = days.index[row] ?? 0;
    sums[day] = (sums[day] ?? 0) + (values === undefined ? 1 : (values[row] ?? Number.NaN));
  }
  return sums;
}
