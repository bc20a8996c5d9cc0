import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResolvedSource } from '../ports/data-source.ts';
import type { Database } from './database.ts';
import { inLanes } from './in-lanes.ts';
import { type DatasetRequest, type DatasetWindow, orderColumns, runDatasetQuery, windowParameters } from './open-dataset.ts';
import { parquetOptions } from './parquet-options.ts';
import { quoteIdentifier, quoteText } from './sql-text.ts';

const day = 86_400_000;
/** From here on the look-back of a further part is small beside it. */
const longWindow = 120 * day;
/** Names the folders that DuckDB writes the months into. No column of a dataset is called so. */
const monthColumn = '__taxiway_month';
/** DuckDB's name of the folder for a value that is missing. */
const noMonth = '__HIVE_DEFAULT_PARTITION__';

export interface WrittenMonths {
  /** In the order of time. */
  readonly files: readonly MonthPath[];
  /** Files of rows without an event time, which belong to no month. */
  readonly withoutTime: readonly string[];
}

export interface MonthPath {
  /** E.g. 2013-01. */
  readonly month: string;
  readonly path: string;
}

type MonthsWindow = Pick<DatasetWindow, 'from' | 'to'>;

interface MonthsTarget {
  readonly resolved: Readonly<Record<string, ResolvedSource>>;
  readonly folder: string;
}

/**
 * Runs the dataset query and writes its rows as they come, a Parquet file per month (UTC) of the event time: a table in between would take longer
 * to fill than the files. To sort rows of many columns takes as long as to write them, so a query may give them in order, and only a file that is found out of
 * order is sorted. The same rows give the same bytes, whatever order they come in and however many threads there are: one thread writes a file, for
 * several would cut its groups as they happen to finish.
 * What a row says must not depend on where the window begins (training and serving ask for different windows), so a long window is asked for in parts, two at
 * a time.
 * @throws UserError source-unreadable, dataset-query-failed
 */
export async function writeMonths(database: Database, request: DatasetRequest, target: MonthsTarget): Promise<WrittenMonths> {
  // A month is written at once, however many rows there are of others.
  await database.run(`SET partitioned_write_flush_threshold = ${Number.MAX_SAFE_INTEGER}`);
  const parts = partsOf(request);
  const found = await writeParts(database, request, { ...target, parts });
  // A query that gives rows of beyond its window gives them in two parts: only as one does it give every row once.
  const pieces = parts.length > 1 && isOverlapping(found) ? await writeParts(database, request, { ...target, parts: [request] }) : found;
  return gatherMonths(database, request, { folder: target.folder, pieces });
}

interface Piece {
  /** From 0. */
  readonly part: number;
  readonly path: string;
}

type PiecesByMonth = ReadonlyMap<string, readonly Piece[]>;

async function writeParts(database: Database, request: DatasetRequest, { resolved, folder, parts: windows }: MonthsTarget & { readonly parts: readonly MonthsWindow[] }): Promise<PiecesByMonth> {
  const root = join(folder, 'parts');
  await rm(root, { recursive: true, force: true });
  const parts = windows.map((window, index) => ({ window, folder: join(root, String(index)) }));
  for (const part of parts) await mkdir(part.folder, { recursive: true });
  const time = quoteIdentifier(request.pipeline.definition.data.dataset['event-time']);
  await runDatasetQuery(database, request, {
    resolved,
    run: (query) =>
      inLanes(database, parts, (connection, part) =>
        connection.run(
          `COPY (SELECT *, strftime(${time}, '%Y-%m') AS ${monthColumn} FROM (${query})) TO ${quoteText(part.folder)} (${parquetOptions}, PARTITION_BY (${monthColumn}))`,
          windowParameters({ asOf: request.asOf, from: part.window.from, to: part.window.to }),
        ),
      ),
  });
  const pieces = new Map<string, Piece[]>();
  for (const [index, part] of parts.entries()) {
    for (const name of await readdir(part.folder, { recursive: true })) {
      const month = new RegExp(`^${monthColumn}=([^/]+)/.*\\.parquet$`).exec(name.replaceAll('\\', '/'))?.[1];
      if (month !== undefined) pieces.set(month, [...(pieces.get(month) ?? []), { part: index, path: join(part.folder, name) }]);
    }
  }
  return pieces;
}

/** Parts meet where a month begins: no month is in two. */
function isOverlapping(pieces: PiecesByMonth): boolean {
  return [...pieces].some(([month, found]) => month !== noMonth && new Set(found.map(({ part }) => part)).size > 1);
}

/** As many for either lane, of about half a year at most: two of those are what memory is there for. They meet where a month begins. */
function partsOf({ from, to }: MonthsWindow): MonthsWindow[] {
  if (to - from < longWindow) return [{ from, to }];
  const count = 2 * Math.ceil((to - from) / (366 * day));
  const cuts = Array.from({ length: count - 1 }, (_, index) => {
    const near = new Date(from + ((to - from) * (index + 1)) / count + 15 * day);
    return Date.UTC(near.getUTCFullYear(), near.getUTCMonth());
  });
  return [from, ...cuts].map((start, index) => ({ from: start, to: cuts[index] ?? to }));
}

/** From pieces, one file a month, in the order of event time, then key. */
async function gatherMonths(database: Database, { pipeline }: DatasetRequest, { folder, pieces }: { readonly folder: string; readonly pieces: PiecesByMonth }): Promise<WrittenMonths> {
  const pathsOf = (month: string): string[] => (pieces.get(month) ?? []).map(({ path }) => path);
  const files = [...pieces.keys()].filter((month) => month !== noMonth).sort().map((month) => ({ month, path: join(folder, `${month}.parquet`), pieces: pathsOf(month) }));
  const order = orderColumns(pipeline).map(quoteIdentifier);
  await inLanes(database, files, async (connection, file) => {
    const [piece, ...more] = file.pieces;
    if (piece !== undefined && more.length === 0 && (await isInOrder(connection, piece, order))) return rename(piece, file.path);
    const rows = `read_parquet([${file.pieces.map(quoteText).join(', ')}], hive_partitioning = false)`;
    // Where the key does not tell rows apart, everything that they say puts them in order. It is dear, and seldom needed.
    const columns = (await hasRepeatedKeys(connection, rows, order)) ? [...order, 'COLUMNS(*)'] : order;
    await connection.run(`COPY (SELECT * FROM ${rows} ORDER BY ${columns.join(', ')}) TO ${quoteText(file.path)} (${parquetOptions})`);
  });
  const withoutTime = pathsOf(noMonth);
  if (withoutTime.length === 0) await rm(join(folder, 'parts'), { recursive: true, force: true });
  return { files, withoutTime };
}

/** Whether every row comes after the one before it, by event time and key; a key that is missing or repeated does not say so. */
async function isInOrder(database: Database, path: string, order: readonly string[]): Promise<boolean> {
  const before = (index: number): string => `__taxiway_before_${index}`;
  const after = order.reduceRight((rest, column, index) => `(${column} > ${before(index)} OR (${column} = ${before(index)} AND ${rest}))`, 'false');
  const rows = await database.rows(
    `SELECT 1 FROM (SELECT file_row_number, ${order.map((column, index) => `${column}, lag(${column}) OVER () AS ${before(index)}`).join(', ')} FROM read_parquet(${quoteText(path)}, hive_partitioning = false, file_row_number = true)) WHERE file_row_number > 0 AND ${after} IS NOT TRUE LIMIT 1`,
  );
  return rows.length === 0;
}

async function hasRepeatedKeys(database: Database, rows: string, order: readonly string[]): Promise<boolean> {
  const repeated = await database.rows(`SELECT 1 FROM (SELECT ${order.join(', ')} FROM ${rows} GROUP BY ALL HAVING count(*) > 1) LIMIT 1`);
  return repeated.length > 0;
}
