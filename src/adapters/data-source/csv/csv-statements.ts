import { quoteIdentifier, quoteText, timestampLiteral } from '../../../data/sql-text.ts';
import { lineColumn } from './csv-header.ts';
import { type DeclaredType, exactCast, localTimestamp, ownOffset, timestampReason } from './exact-cast.ts';
import { knownYears, localStretches } from './zone-offsets.ts';

/** A file as DuckDB will read it. */
export interface CsvPart {
  /** The file, or its cleaned copy. */
  readonly path: string;
  /** What people call it. */
  readonly name: string;
  readonly rows: number;
  /** A copy keeps the line of each row in a column; in a plain file row n is line n + 1. */
  readonly copied: boolean;
}

export interface CsvTables {
  /** Name of the source; the tables begin with it. */
  readonly source: string;
  readonly parts: readonly CsvPart[];
  /** Columns of the files, in the order of the first. */
  readonly columns: readonly string[];
  readonly declared: Readonly<Record<string, DeclaredType>>;
  readonly timeZone: string;
  readonly badRows: 'fail' | 'quarantine';
  /** Texts that stand for a missing value. */
  readonly nullText: readonly string[];
  /** What read_csv is told of hive folders. */
  readonly hive: string;
}

export const rowsTable = (source: string): string => quoteIdentifier(`${source}__rows`);
const textTable = (source: string): string => quoteIdentifier(`${source}__text`);
const zoneTable = (source: string): string => quoteIdentifier(`${source}__zone`);
const [file, line, reason, text, row] = ['file', 'line', 'reason', 'text', 'row'].map((name) => quoteIdentifier(`__taxiway_${name}`)) as [string, string, string, string, string];

/** Columns of the table of rows that are not the file's. */
export const ownColumns = [file, line, reason, text] as const;

/**
 * Statements that make the table of all rows of the files, each with its line and, where a value is not of its declared type, the reasons.
 * @throws UserError pipeline-invalid for an unknown time zone
 */
export function csvStatements(tables: CsvTables): string[] {
  const { source, parts, declared, timeZone, badRows } = tables;
  const zoned = Object.values(declared).includes('timestamp') && timeZone !== 'UTC';
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const drop = [textTable(source), rowsTable(source), zoneTable(source)].map((table) => `DROP TABLE IF EXISTS ${table}`);
  return [
    ...drop,
    `CREATE TABLE ${textTable(source)} AS SELECT * FROM ${readText(tables)}`,
    demandCount(textTable(source), rows, source),
    ...(zoned ? [createZone(source, timeZone)] : []),
    `CREATE TABLE ${rowsTable(source)} AS ${selectRows(tables, zoned)}`,
    demandCount(rowsTable(source), rows, source),
    `DROP TABLE ${textTable(source)}`,
    ...(zoned ? [`DROP TABLE ${zoneTable(source)}`] : []),
    ...(badRows === 'fail' ? [failOnFirst(source)] : []),
  ];
}

/** Types of declared columns are judged later, those of others are found from all rows. Everything else is said outright, so that nothing is guessed. */
function readText({ parts, columns, declared, nullText, hive }: CsvTables): string {
  const types = columns.filter((column) => declared[column] !== undefined).map((column) => `${quoteText(column)}: 'VARCHAR'`);
  const copied = parts.some((part) => part.copied);
  if (copied) types.push(`${quoteText(lineColumn)}: 'BIGINT'`);
  const paths = parts.map(({ path }) => quoteText(escapeGlob(path)));
  const typed = types.length === 0 ? '' : `, types = {${types.join(', ')}}`;
  return `read_csv([${paths.join(', ')}], header = true, skip = 0, delim = ',', quote = '"', escape = '"', comment = '', nullstr = [${nullText.map(quoteText).join(', ')}], sample_size = -1, union_by_name = true, strict_mode = true, null_padding = false${typed}, ${hive})`;
}

/** DuckDB takes these in a literal path for a pattern. */
export function escapeGlob(path: string): string {
  return path.replaceAll(/[*?[]/g, '[$&]');
}

/** The table's rows lie as the files do, so a row's number says its file and line. A join may change their order, a query without does not. */
function selectRows(tables: CsvTables, zoned: boolean): string {
  const { source, columns, declared, parts } = tables;
  const names = columns.filter((column) => declared[column] !== undefined && declared[column] !== 'string');
  const judged = names.map((column, index) => judge(column, declared[column] as Exclude<DeclaredType, 'string'>, { index, zoned }));
  const copied = parts.some((part) => part.copied);
  let before = 0;
  const positions = parts.map((part) => {
    const here = { ...part, before };
    before += part.rows;
    return here;
  });
  const fileOf = `CASE ${positions.map(({ name, before: from, rows }) => `WHEN ${row} < ${from + rows} THEN ${quoteText(name)}`).join(' ')} END`;
  const plainLine = `${row} + 2 - CASE ${positions.map(({ before: from, rows }) => `WHEN ${row} < ${from + rows} THEN ${from}`).join(' ')} END`;
  const lineOf = copied ? `coalesce(${quoteIdentifier(lineColumn)}, ${plainLine})` : plainLine;
  const reasons = judged.length === 0 ? 'NULL::VARCHAR' : `nullif(concat_ws('; ', ${judged.map((one) => one.reason).join(', ')}), '')`;
  const whole = `concat_ws(',', ${columns.map((column) => `coalesce(CAST(${quoteIdentifier(column)} AS VARCHAR), '')`).join(', ')})`;
  const joins = judged.flatMap((one) => (one.join === undefined ? [] : [`LEFT JOIN ${zoneTable(source)} ${one.join}`]));
  // Each step reads what the one before it made, so that nothing is computed twice.
  const local = `SELECT *, rowid AS ${row}${judged.map((one) => one.prepare ?? '').join('')} FROM ${textTable(source)}`;
  const read = `SELECT __taxiway_rows.*${judged.map((one) => `, ${one.value} AS ${one.typed}`).join('')}${zoneColumns(judged)} FROM (${local}) __taxiway_rows ${joins.join(' ')}`;
  const marked = `SELECT *, ${fileOf} AS ${file}, ${lineOf} AS ${line}, ${reasons} AS ${reason} FROM (${read})`;
  const excluded = [row, ...(copied ? [quoteIdentifier(lineColumn)] : []), ...judged.flatMap((one) => one.helpers)];
  const replaced = judged.length === 0 ? '' : ` REPLACE (${judged.map((one) => `${one.typed} AS ${one.name}`).join(', ')})`;
  return `SELECT * EXCLUDE (${excluded.join(', ')})${replaced}, CASE WHEN ${reason} IS NOT NULL THEN ${printable(whole, 200)} END AS ${text} FROM (${marked})${joins.length === 0 ? '' : ` ORDER BY ${row}`}`;
}

interface JudgedColumn {
  readonly name: string;
  /** The column that holds the value. */
  readonly typed: string;
  readonly value: string;
  /** NULL where nothing is wrong. */
  readonly reason: string;
  /** Columns that are gone in the end. */
  readonly helpers: readonly string[];
  readonly prepare?: string;
  readonly join?: string;
  readonly joined?: string;
}

function judge(column: string, type: Exclude<DeclaredType, 'string'>, { index, zoned }: { readonly index: number; readonly zoned: boolean }): JudgedColumn {
  const name = quoteIdentifier(column);
  const [typed, local, given, occurs] = ['typed', 'local', 'offset', 'occurs'].map((kind) => quoteIdentifier(`__taxiway_${kind}_${index}`)) as [string, string, string, string];
  const saying = (why: string): string => `CASE WHEN ${name} IS NOT NULL AND ${typed} IS NULL THEN ${quoteText(`${column} `)} || ${printable(name, 60)} || ' ' || (${why}) END`;
  if (type !== 'timestamp') {
    const { value, reason: why } = exactCast(type, name);
    return { name, typed, value, reason: saying(why), helpers: [typed] };
  }
  const prepare = `, ${localTimestamp(name)} AS ${local}, ${ownOffset(name)} AS ${given}`;
  if (!zoned) return { name, typed, value: `${local} - to_seconds(coalesce(${given}, 0))`, reason: saying(timestampReason(name)), helpers: [typed, local, given], prepare };
  const zone = quoteIdentifier(`__taxiway_zone_${index}`);
  const why = `CASE WHEN ${local} IS NULL THEN ${timestampReason(name)} WHEN ${occurs} = 'never' THEN 'is a local time that did not exist: the clock was put forward' WHEN ${occurs} = 'twice' THEN 'is a local time that came twice: the clock was put back' ELSE 'is outside the years ${knownYears.first} to ${knownYears.last}, whose clock changes are known' END`;
  return {
    name, typed, prepare,
    value: `${local} - to_seconds(coalesce(${given}, CASE WHEN ${zone}.__taxiway_occurs = 'once' THEN ${zone}.__taxiway_seconds END))`,
    reason: saying(why),
    helpers: [typed, local, given, occurs],
    join: `${zone} ON ${zone}.__taxiway_day = CAST(${local} AS DATE) AND ${local} >= ${zone}.__taxiway_begins AND ${local} < ${zone}.__taxiway_ends`,
    joined: `${zone}.__taxiway_occurs AS ${occurs}`,
  };
}

function zoneColumns(judged: readonly JudgedColumn[]): string {
  return judged.flatMap(({ joined }) => (joined === undefined ? [] : [`, ${joined}`])).join('');
}

/** A row per day and stretch, so that the join is one on equal days. No name in it can be a file's. */
function createZone(source: string, timeZone: string): string {
  const stretches = localStretches(timeZone).map(({ from, to, offset, occurs }) => `(${timestampLiteral(from)}, ${timestampLiteral(to)}, ${offset / 1000}, '${occurs}')`);
  return `CREATE TABLE ${zoneTable(source)} AS SELECT CAST(unnest(generate_series(date_trunc('day', begins), ends - INTERVAL 1 MICROSECOND, INTERVAL 1 DAY)) AS DATE) AS __taxiway_day, begins AS __taxiway_begins, ends AS __taxiway_ends, seconds AS __taxiway_seconds, occurs AS __taxiway_occurs FROM (VALUES ${stretches.join(', ')}) AS stretches(begins, ends, seconds, occurs)`;
}

function demandCount(table: string, rows: number, source: string): string {
  return `SELECT CASE WHEN count(*) <> ${rows} THEN error(${quoteText(`source ${source}: its files have ${rows} rows that can be read, DuckDB read `)} || count(*) || '; did a file change meanwhile?') END FROM ${table}`;
}

function failOnFirst(source: string): string {
  const first = `${file} || ' line ' || ${line} || ': ' || ${reason} || ' (bad-rows: quarantine keeps such rows apart)'`;
  return `SELECT error(message) FROM (SELECT ${first} AS message FROM ${rowsTable(source)} WHERE ${reason} IS NOT NULL ORDER BY rowid LIMIT 1)`;
}

/** Text of a file in a message: cut, and without characters that a terminal would act on. */
function printable(expression: string, length: number): string {
  return `regexp_replace(left(${expression}, ${length}), '[\\p{C}\\p{Zl}\\p{Zp}]', '?', 'g')`;
}
