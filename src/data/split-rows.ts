import { join } from 'node:path';
import { CheckRulesSql } from './check-rules-sql.ts';
import { numberedRows, type Suspects } from './check-statements.ts';
import type { Database } from './database.ts';
import { askable, type ChecksResult, type ChecksTarget } from './run-checks.ts';
import { rowsRelation, type SnapshotFile } from './snapshot-files.ts';
import { duckDbDialect } from './sql/duckdb-dialect.ts';
import { quoteText } from './sql-text.ts';
import { writeParquet } from './write-parquet.ts';

export interface SplitRequest {
  /** As it was given to `runChecks`; its relation is that of the files, with positions. */
  readonly target: ChecksTarget;
  readonly files: readonly SnapshotFile[];
  /** Where new files are written. */
  readonly folder: string;
  /** What `runChecks` counted. */
  readonly counts: Pick<ChecksResult, 'rows' | 'accepted' | 'quarantined' | 'suspects'>;
}

export interface SplitFiles {
  /** The good rows, by month; the snapshot's own file where all of a month's rows are good. */
  readonly clean: readonly SnapshotFile[];
  /** The other rows with their `reasons`, VARCHAR[]. */
  readonly quarantine: string;
  /** Rows in quarantine by file name; only where there are some. */
  readonly quarantinedByFile: ReadonlyMap<string, number>;
}

/**
 * Writes good and bad rows apart. Only positions and reasons of the bad rows are kept, in a table that spills; the rows themselves stream.
 * @throws Error where what was written is not what was counted: rows in = accepted + quarantined
 */
export async function splitRows(database: Database, { target, files, folder, counts }: SplitRequest): Promise<SplitFiles> {
  const quarantine = join(folder, 'quarantine.parquet');
  if (counts.quarantined === 0) {
    await writeParquet(database, `SELECT *, []::VARCHAR[] AS reasons FROM ${rowsRelation(files)} LIMIT 0`, quarantine);
    return { clean: files, quarantine, quarantinedByFile: new Map() };
  }
  await markBadRows(database, target, counts.suspects);
  const byIndex = await countByFile(database);
  const clean: SnapshotFile[] = [];
  for (const [index, file] of files.entries()) clean.push(byIndex.has(index) ? await writeGoodRows(database, { file, index, folder }) : file);
  await writeParquet(
    database,
    `SELECT rows.* EXCLUDE (file_index, file_row_number), bad.reasons FROM ${rowsRelation(files, { position: true })} AS rows JOIN bad_rows AS bad ON ${samePosition} ORDER BY rows.file_index, rows.file_row_number`,
    quarantine,
  );
  await demandAllRows(database, { clean, quarantine, counts });
  return { clean, quarantine, quarantinedByFile: new Map([...byIndex].map(([index, count]) => [files[index]?.name ?? '', count])) };
}

const samePosition = 'bad.file_index = rows.file_index AND bad.file_row_number = rows.file_row_number';

/** The table `bad_rows`: positions of the rows that an enforced rule rejects, with every such rule's reason in the order of the checks. */
async function markBadRows(database: Database, given: ChecksTarget, suspects: Suspects): Promise<void> {
  const target = askable(given);
  const rules = new CheckRulesSql({ ...target, planned: target.planned.filter(({ mode, plan }) => mode === 'enforce' && plan.kind === 'rows') }, duckDbDialect);
  const marks = rules.duplicates.map((duplicate) => rules.duplicateMark(duplicate));
  if (marks.length > 0) {
    await database.run(`CREATE TEMP TABLE duplicate_rows AS SELECT file_index, file_row_number, ${marks.join(', ')} FROM (${numberedRows(rules, suspects)}) WHERE ${marks.join(' OR ')}`);
  }
  const reasons = rules.checks.flatMap(({ id, conditions, duplicates }) => [
    ...conditions.map(({ failing, reason }) => `CASE WHEN ${failing} THEN ${quoteText(`${id}: ${reason}`)} END`),
    ...duplicates.map((duplicate) => `CASE WHEN duplicate.${rules.duplicateMark(duplicate)} THEN ${quoteText(`${id}: ${duplicate.rule.reason}`)} END`),
  ]);
  const isBad = [...rules.checks.filter(({ conditions }) => conditions.length > 0).map((check) => rules.anyCondition(check)), ...marks.map((mark) => `duplicate.${mark}`)];
  const joined = marks.length === 0 ? '' : ` LEFT JOIN (SELECT file_index AS ${rules.name('file')}, file_row_number AS ${rules.name('row')}, ${marks.join(', ')} FROM duplicate_rows) AS duplicate ON ${rules.name('file')} = file_index AND ${rules.name('row')} = file_row_number`;
  await database.run(
    `CREATE TEMP TABLE bad_rows AS SELECT file_index, file_row_number, list_filter([${reasons.join(', ')}], lambda reason: reason IS NOT NULL) AS reasons FROM ${target.relation} AS rows${joined} WHERE ${isBad.join(' OR ')}`,
  );
}

async function countByFile(database: Database): Promise<Map<number, number>> {
  const rows = await database.rows('SELECT file_index, count(*) AS bad FROM bad_rows GROUP BY file_index ORDER BY file_index');
  return new Map(rows.map((row) => [Number(row['file_index']), Number(row['bad'])]));
}

/** A month whose rows are all bad keeps a file without rows: it says what the columns are. */
async function writeGoodRows(database: Database, { file, index, folder }: { file: SnapshotFile; index: number; folder: string }): Promise<SnapshotFile> {
  const path = join(folder, file.name.replaceAll('/', '-'));
  await writeParquet(
    database,
    `SELECT rows.* EXCLUDE (file_row_number) FROM read_parquet(${quoteText(file.path)}, file_row_number = true) AS rows WHERE file_row_number NOT IN (SELECT file_row_number FROM bad_rows WHERE file_index = ${index}) ORDER BY file_row_number`,
    path,
  );
  return { name: file.name, path };
}

async function demandAllRows(database: Database, { clean, quarantine, counts }: { clean: readonly SnapshotFile[]; quarantine: string; counts: SplitRequest['counts'] }): Promise<void> {
  const [written] = await database.rows(`SELECT (SELECT count(*) FROM ${rowsRelation(clean)}) AS accepted, (SELECT count(*) FROM read_parquet(${quoteText(quarantine)})) AS quarantined`);
  if (written?.['accepted'] === counts.accepted && written['quarantined'] === counts.quarantined && counts.accepted + counts.quarantined === counts.rows) return;
  throw new Error(`${counts.rows} rows came in, ${String(written?.['accepted'])} and ${String(written?.['quarantined'])} went out`);
}
