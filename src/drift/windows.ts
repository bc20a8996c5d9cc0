import { dayOf, dayStart } from '../pipeline/training-window.ts';

export const millisecondsPerDay = 86_400_000;

/** Whole UTC days, half-open. */
export interface DriftWindow {
  readonly from: number;
  readonly to: number;
  readonly days: number;
}

/** The window that ends with the last whole UTC day before `asOf`. At least one day. */
export function driftWindow(asOf: number, length: number): DriftWindow {
  const days = Math.max(1, Math.round(length / millisecondsPerDay));
  const to = dayStart(dayOf(asOf));
  return { from: to - days * millisecondsPerDay, to, days };
}

/** Days that resampling keeps together: whole weeks hold the weekly pattern and the weather's memory, also where a day of the window has no rows. */
export function blockDaysOf(windowDays: number): number {
  return windowDays >= 7 ? 7 : 1;
}

/** The days of a window as YYYY-MM-DD, oldest first. */
export function daysOf(window: DriftWindow): string[] {
  return Array.from({ length: window.days }, (_, day) => dayOf(window.from + day * millisecondsPerDay));
}
