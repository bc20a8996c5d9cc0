import { formatCount, formatShare } from '../../report/format-number.ts';
import { daysBetween, judgedDays, type RowsByDay, seasonalDifference } from '../volume-by-day.ts';
import type { CheckFactory } from './check-plan.ts';

/** How many days the message names. */
const named = 5;

/**
 * Rows of each complete day (UTC) against the median of the same weekday in the trailing weeks before it. Earlier days come from the rows themselves, and
 * from the reference dataset where one is given. A day without all its trailing weeks is not judged; no such day at all: skipped.
 *
 * Parameters: `trailing-weeks`; `tolerance`, a relative difference: 0.5 allows half to one and a half times the median. The value is the largest
 * relative difference. The median of the same weekday knows the weekly rhythm, and one odd week in four does not move it far.
 */
export const volume: CheckFactory<'volume'> = ({ 'trailing-weeks': weeks, tolerance }, context) => {
  const { dialect, definition, relation, reference, referenceWindow, asOf, window } = context;
  const time = dialect.identifier(definition.data.dataset['event-time']);
  const byDay = (rows: string): string => `SELECT ${dialect.asText('moment_day')} AS day, row_count FROM (SELECT ${dialect.day(time)} AS moment_day, count(*) AS row_count FROM ${rows} WHERE ${time} IS NOT NULL GROUP BY 1) ORDER BY 1`;
  return {
    kind: 'queries',
    id: 'volume',
    title: `Rows a day against the ${weeks} weeks before, worst day`,
    remedy: 'Look at the source for these days: rows may be missing or come twice. A holiday is no fault: raise tolerance, or set the check to mode: warn.',
    queries: { rows: byDay(relation), ...(reference === undefined ? {} : { earlier: byDay(reference) }) },
    judge: (results) => {
      const threshold = `≤ ${formatShare(tolerance)} from the median of the weekday`;
      const own = rowsByDay(results.get('rows'));
      const earlier = rowsByDay(results.get('earlier'));
      // A day that the reference's window cuts is not known whole; without a window its first and last day may be cut.
      const wholeEarlier = judgedDays(earlier, referenceWindow).map((day): [string, number] => [day, earlier.get(day) ?? 0]);
      const known = [...wholeEarlier, ...daysBetween(own, window)];
      const judged = judgedDays(own, window && { from: window.from, to: Math.min(window.to, asOf) });
      const differences = seasonalDifference(new Map(known), judged, weeks);
      const worst = [...differences].sort((a, b) => b.difference - a.difference || (a.day < b.day ? -1 : 1));
      const [first] = worst;
      const skipped = judged.length - differences.length;
      if (first === undefined) {
        return { value: null, threshold, verdict: 'skipped', message: `no day has ${weeks} ${weeks === 1 ? 'week' : 'weeks'} before it; a longer window or a reference dataset gives it some` };
      }
      const over = worst.filter(({ difference }) => difference > tolerance);
      const told = (over.length > 0 ? over : worst.slice(0, 1)).slice(0, named).map(({ day, rows, median }) => `${day} ${formatCount(rows)} rows (median ${formatCount(median)})`);
      return {
        value: first.difference,
        threshold,
        verdict: over.length > 0 ? 'fail' : 'pass',
        message: `${told.join(', ')}${over.length > named ? ` and ${formatCount(over.length - named)} more` : ''}; ${formatCount(differences.length)} days compared${skipped > 0 ? `, ${formatCount(skipped)} with too little before them` : ''}`,
        details: { days: over.slice(0, 50).map(({ day, rows, median, difference }) => ({ day, rows, median, difference })), compared: differences.length, skipped },
      };
    },
  };
};

function rowsByDay(rows: readonly Readonly<Record<string, unknown>>[] = []): RowsByDay {
  return new Map(rows.map((row) => [String(row['day']), Number(row['row_count'])]));
}
