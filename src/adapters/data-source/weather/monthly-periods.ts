export const hour = 3_600_000;
export const day = 24 * hour;

/** Half-open, whole UTC days, milliseconds since the Unix epoch. */
export interface Period {
  readonly from: number;
  readonly to: number;
  /** A whole month that ended long enough ago that the service will not change it: its answer can be kept. */
  readonly settled: boolean;
}

/** Observations are corrected, and reanalysis is made, within days. */
const settlingTime = 7 * day;

/**
 * The window by calendar months (UTC): settled months whole, so that every window asks for the same pages; others only the days that are needed.
 * @param observable nothing later than this can have been observed
 */
export function monthlyPeriods(window: { readonly from: number; readonly to: number }, observable: number): Period[] {
  const to = Math.min(window.to, observable);
  const periods: Period[] = [];
  for (let begin = monthOf(window.from, 0); begin < to && window.from < to; begin = monthOf(begin, 1)) {
    const end = monthOf(begin, 1);
    const settled = end + settlingTime <= observable;
    const firstDay = Math.floor(window.from / day) * day;
    const lastDay = Math.ceil(to / day) * day;
    periods.push(settled ? { from: begin, to: end, settled } : { from: Math.max(begin, firstDay), to: Math.min(end, lastDay), settled });
  }
  return periods;
}

/** Beginning of the month that is `later` months after the one of the moment. */
function monthOf(moment: number, later: number): number {
  const date = new Date(moment);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later, 1);
}

/** The UTC day of the moment, e.g. 2013-01-31. */
export function isoDay(moment: number): string {
  return new Date(moment).toISOString().slice(0, 10);
}
