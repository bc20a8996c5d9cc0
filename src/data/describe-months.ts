import { isoTime } from './ingest-window.ts';
import type { MonthOfRows } from './months-of.ts';

export interface MonthsMetadata {
  readonly rowsByMonth: Record<string, number>;
  /** First and last, ISO 8601; absent without rows. */
  readonly eventTime?: { first: string; last: string };
}

/** What a manifest says about when its rows are. */
export function describeMonths(months: readonly MonthOfRows[]): MonthsMetadata {
  return {
    rowsByMonth: Object.fromEntries(months.map(({ month, rows }) => [month, rows])),
    ...(months.length === 0 ? {} : { eventTime: { first: isoTime(Math.min(...months.map(({ first }) => first))), last: isoTime(Math.max(...months.map(({ last }) => last))) } }),
  };
}
