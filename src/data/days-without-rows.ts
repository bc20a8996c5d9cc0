import { formatCount } from '../report/format-number.ts';
import type { Check } from '../verdict/verdict.ts';
import type { Database } from './database.ts';
import { datasetRelation, type DatasetWindow } from './open-dataset.ts';
import { quoteIdentifier } from './sql-text.ts';
import { judgedDays } from './volume-by-day.ts';

/** How many days the message names. */
const named = 5;

/** Whole days (UTC) of the window, over at as-of, of which the dataset has not a single row: a file that is not there makes no error of its own. */
export async function judgeEmptyDays(database: Database, { eventTime, from, to, asOf }: DatasetWindow & { readonly eventTime: string }): Promise<Check> {
  const rows = await database.rows(`SELECT DISTINCT strftime(${quoteIdentifier(eventTime)}, '%Y-%m-%d') AS day FROM ${datasetRelation}`);
  const filled = new Set(rows.map((row) => String(row['day'])));
  const days = judgedDays(new Map(), { from, to: Math.max(from, Math.min(to, asOf)) });
  const empty = days.filter((day) => !filled.has(day));
  return {
    id: 'days-without-rows',
    title: 'Days of the window without a row',
    value: empty.length,
    unit: 'day',
    threshold: '0',
    sampleSize: days.length,
    severity: 'warn',
    verdict: empty.length > 0 ? 'fail' : 'pass',
    remedy: 'Look whether a file of these days is missing, or the source was down; where there was nothing to report, nothing is wrong.',
    ...(empty.length === 0 ? {} : { message: `${empty.slice(0, named).join(', ')}${empty.length > named ? ` and ${formatCount(empty.length - named)} more` : ''}` }),
  };
}
