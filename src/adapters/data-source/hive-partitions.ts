import { UserError } from '../../errors.ts';

export type PartitionKey = 'year' | 'month' | 'day' | 'date';

interface Span {
  /** Milliseconds since the Unix epoch, half-open. */
  readonly from: number;
  readonly to: number;
}

/** A folder's day may be that of any time zone. */
const margin = 86_400_000;

/** What Hive and its followers call the folder of rows whose key is missing. */
const missingValue = '__HIVE_DEFAULT_PARTITION__';

/**
 * Whether a file may hold rows of the window, by its folders: the days they name overlap the window, a day of margin included.
 * @throws UserError source-unreadable where a declared key is not in the path, or has no such value
 */
export function withinWindow(name: string, keys: readonly PartitionKey[], window: Span): boolean {
  const values = folderValues(name);
  for (const key of keys) {
    if (values.has(key)) continue;
    throw new UserError('source-unreadable', `${name} lies in no folder ${key}=…, but the source's partitions name it`, {
      hint: 'Move the file into such a folder, narrow the path, or take the key out of partitions.',
    });
  }
  // The rows of the folder of missing values may be of any day.
  if (keys.some((key) => values.get(key) === missingValue)) return true;
  const span = spanOf(name, keys, values);
  return span.from < window.to + margin && span.to > window.from - margin;
}

function spanOf(name: string, keys: readonly PartitionKey[], values: ReadonlyMap<string, string>): Span {
  if (keys.includes('date')) return dayOf(name, values.get('date') ?? '');
  const part = (key: PartitionKey, [lowest, highest]: readonly [number, number]): number | undefined => {
    const text = keys.includes(key) ? values.get(key) : undefined;
    if (text === undefined) return undefined;
    const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= lowest && value <= highest) return value;
    throw unreadable(name, `${key}=${text}`, `a whole number from ${lowest} to ${highest}`);
  };
  const year = part('year', [1, 9999]);
  // Months and days recur: without what they belong to they exclude nothing.
  if (year === undefined) return { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  const month = part('month', [1, 12]);
  if (month === undefined) return { from: midnight(year, 1, 1), to: midnight(year + 1, 1, 1) };
  const day = part('day', [1, 31]);
  if (day === undefined) return { from: midnight(year, month, 1), to: midnight(year, month + 1, 1) };
  return { from: midnight(year, month, day), to: midnight(year, month, day + 1) };
}

function dayOf(name: string, text: string): Span {
  const from = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // Date.parse takes 31 February for a day of March.
  if (Number.isNaN(from) || new Date(from).toISOString().slice(0, 10) !== text) throw unreadable(name, `date=${text}`, 'a day like 2013-01-05');
  return { from, to: from + 86_400_000 };
}

function midnight(year: number, month: number, day: number): number {
  const moment = new Date(0);
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  return moment.setUTCFullYear(year, month - 1, day);
}

function unreadable(name: string, found: string, allowed: string): UserError {
  return new UserError('source-unreadable', `${name} lies in ${found}; allowed: ${allowed}`, { hint: 'Rename the folder, or take the key out of the source’s partitions.' });
}

/** Key to value of the folders in a file's relative name. */
function folderValues(name: string): Map<string, string> {
  const folders = name.split('/').slice(0, -1);
  return new Map(folders.flatMap((folder) => {
    const at = folder.indexOf('=');
    return at < 1 ? [] : [[folder.slice(0, at), folder.slice(at + 1)] as const];
  }));
}

const types: Readonly<Record<string, string>> = { year: 'BIGINT', month: 'BIGINT', day: 'BIGINT', date: 'DATE' };

/**
 * What DuckDB's readers are told of the folders: their keys become columns (year, month and day BIGINT, date DATE, any other VARCHAR), said
 * outright, so that neither the place of the data root nor the values that happen to be there decide.
 * @throws UserError source-unreadable where only some files have a key
 */
export function hiveOptions(names: readonly string[], folder: string): string {
  const keys = names.map((name) => [...folderValues(name).keys()].sort().join(', '));
  const differing = keys.findIndex((own) => own !== keys[0]);
  if (differing !== -1) {
    const say = (index: number): string => `${names[index]} (${keys[index] === '' ? 'none' : keys[index]})`;
    throw new UserError('source-unreadable', `files under ${folder} lie in folders of different keys: ${say(0)} and ${say(differing)}`, {
      hint: 'Lay all files of a source out alike, or narrow its path.',
    });
  }
  const own = [...folderValues(names[0] ?? '').keys()].sort();
  if (own.length === 0) return 'hive_partitioning = false';
  const described = own.map((key) => `'${key.replaceAll("'", "''")}': ${types[key] ?? 'VARCHAR'}`);
  return `hive_partitioning = true, hive_types_autocast = false, hive_types = {${described.join(', ')}}`;
}
