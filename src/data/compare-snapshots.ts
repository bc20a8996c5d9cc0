import type { Database } from './database.ts';
import type { RelationColumn } from './describe-relation.ts';
import { quoteIdentifier, timestampLiteral } from './sql-text.ts';

export interface CompareRequest {
  /** SQL relations of the earlier and the new rows. */
  readonly before: string;
  readonly after: string;
  readonly key: readonly string[];
  readonly eventTime: string;
  /** Columns of the earlier and of the new rows. */
  readonly columnsBefore: readonly RelationColumn[];
  readonly columnsAfter: readonly RelationColumn[];
  /** Half-open; milliseconds since the Unix epoch. Nothing outside is compared. */
  readonly overlap: { readonly from: number; readonly to: number };
}

export interface MonthChange {
  readonly added: number;
  readonly removed: number;
  /** Same key, other values. */
  readonly corrected: number;
}

export interface SnapshotChanges {
  /** Months (UTC) in which something changed. */
  readonly months: Readonly<Record<string, MonthChange>>;
  /** The ten columns that most corrected rows differ in, with how many. */
  readonly columns: readonly { readonly name: string; readonly rows: number }[];
  readonly columnsAdded: readonly string[];
  readonly columnsRemoved: readonly string[];
  /** Columns of another type than before, e.g. hour: BIGINT, was VARCHAR; absent where there are none. Their values are compared as text. */
  readonly columnsRetyped?: readonly { readonly name: string; readonly before: string; readonly after: string }[];
}

const shownColumns = 10;

/** What changed from one snapshot to the next where their windows overlap. Rows that share a key are told apart by their order. */
export async function compareSnapshots(database: Database, request: CompareRequest): Promise<SnapshotChanges> {
  const { key, eventTime } = request;
  const [columnsBefore, columnsAfter] = [request.columnsBefore.map(({ name }) => name), request.columnsAfter.map(({ name }) => name)];
  const keyColumns = [...new Set([...key, eventTime])];
  const retyped = retypedColumns(request);
  const compared = columnsAfter.filter((name) => columnsBefore.includes(name) && !keyColumns.includes(name));
  const rows = await database.rows(changesQuery(request, { key: keyColumns, compared, asText: new Set(retyped.map(({ name }) => name)) }));
  const months: Record<string, MonthChange> = {};
  const byColumn = new Map<string, number>();
  for (const row of rows) {
    const change = { added: Number(row['added']), removed: Number(row['removed']), corrected: Number(row['corrected']) };
    if (change.added + change.removed + change.corrected > 0) months[String(row['month'])] = change;
    for (const [index, name] of compared.entries()) byColumn.set(name, (byColumn.get(name) ?? 0) + Number(row[`c${index}`]));
  }
  return {
    months,
    columns: [...byColumn]
      .filter(([, count]) => count > 0)
      .sort(([first, count], [second, other]) => other - count || (first < second ? -1 : 1))
      .slice(0, shownColumns)
      .map(([name, count]) => ({ name, rows: count })),
    columnsAdded: columnsAfter.filter((name) => !columnsBefore.includes(name)),
    columnsRemoved: columnsBefore.filter((name) => !columnsAfter.includes(name)),
    ...(retyped.length === 0 ? {} : { columnsRetyped: retyped }),
  };
}

function retypedColumns({ columnsBefore, columnsAfter }: CompareRequest): NonNullable<SnapshotChanges['columnsRetyped']> {
  return columnsAfter.flatMap(({ name, type }) => {
    const before = columnsBefore.find((column) => column.name === name)?.type;
    return before === undefined || before === type ? [] : [{ name, before, after: type }];
  });
}

interface ComparedColumns {
  readonly key: readonly string[];
  readonly compared: readonly string[];
  /** Columns whose types differ. */
  readonly asText: ReadonlySet<string>;
}

/** Per month: rows of one side only, rows that differ, and for every compared column in how many. */
function changesQuery({ before, after, eventTime, overlap }: CompareRequest, { key, compared, asText }: ComparedColumns): string {
  const time = quoteIdentifier(eventTime);
  const by = key.map(quoteIdentifier).join(', ');
  const columns = compared.map(quoteIdentifier);
  // The event time is a moment on both sides, whatever its precision; as text it would name no month.
  const text = [...asText].map(quoteIdentifier).map((name) => `TRY_CAST(${name} AS ${name === time ? 'TIMESTAMP' : 'VARCHAR'}) AS ${name}`);
  const sideOf = (relation: string): string => (text.length === 0 ? relation : `(SELECT * REPLACE (${text.join(', ')}) FROM ${relation})`);
  const side = (relation: string): string =>
    `SELECT ${[by, ...columns].join(', ')}, row_number() OVER (PARTITION BY ${by} ORDER BY ${columns.length === 0 ? by : columns.join(', ')}) AS "#" FROM ${sideOf(relation)} WHERE ${time} >= ${timestampLiteral(overlap.from)} AND ${time} < ${timestampLiteral(overlap.to)}`;
  const same = [...key.map(quoteIdentifier), '"#"'].map((name) => `b.${name} IS NOT DISTINCT FROM a.${name}`).join(' AND ');
  const differs = columns.map((name) => `(b.${name} IS DISTINCT FROM a.${name})`);
  const both = 'a."#" IS NOT NULL AND b."#" IS NOT NULL';
  return `SELECT strftime(coalesce(a.${time}, b.${time}), '%Y-%m') AS month,
    count(*) FILTER (WHERE b."#" IS NULL) AS added, count(*) FILTER (WHERE a."#" IS NULL) AS removed,
    count(*) FILTER (WHERE ${both} AND (${differs.length === 0 ? 'false' : differs.join(' OR ')})) AS corrected
    ${differs.map((condition, index) => `, count(*) FILTER (WHERE ${both} AND ${condition}) AS c${index}`).join('')}
  FROM (${side(before)}) b FULL JOIN (${side(after)}) a ON ${same}
  GROUP BY month ORDER BY month`;
}
