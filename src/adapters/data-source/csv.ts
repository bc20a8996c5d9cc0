import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { quoteIdentifier, quoteText } from '../../data/sql-text.ts';
import { UserError } from '../../errors.ts';
import type { DataSource } from '../../ports/data-source.ts';
import { type CsvScan, scanCsv } from './csv/scan-csv.ts';
import { copyCleaned, type CsvCopy } from './csv/copy-cleaned.ts';
import { csvStatements, ownColumns, rowsTable } from './csv/csv-statements.ts';
import type { DeclaredType } from './csv/exact-cast.ts';
import { type FileFault, type FileFormat, type FileSourceContext, type FileSourceDefinition, type FileToRead, fileSource } from './file-source.ts';
import { hiveOptions } from './hive-partitions.ts';

export interface CsvSourceDefinition extends FileSourceDefinition {
  readonly columns?: Readonly<Record<string, DeclaredType>> | undefined;
  readonly 'time-zone'?: string | undefined;
  readonly 'bad-rows'?: 'fail' | 'quarantine' | undefined;
  /** Texts that stand for a missing value; the empty field alone where absent. */
  readonly 'null-text'?: readonly string[] | undefined;
}

/**
 * CSV files (RFC 4180, UTF-8) with a header line. A field that is empty or whatever else `null-text` lists, quoted or not, is a missing value.
 * Declared types are read exactly: what would have to be changed is a bad row. Other types are found from all rows, so that they never depend on
 * which rows were sampled. Rows of the files = rows given + rows rejected.
 */
export function csvSource(definition: CsvSourceDefinition, context: FileSourceContext = { name: 'csv' }): DataSource {
  return fileSource(csvFormat(definition), definition, context);
}

interface Inspected {
  readonly file: FileToRead;
  readonly scan: CsvScan;
  readonly copy: CsvCopy | undefined;
}

function csvFormat(definition: CsvSourceDefinition): FileFormat {
  const { columns: declared = {}, 'time-zone': timeZone = 'UTC', 'bad-rows': badRows = 'fail', 'null-text': nullText = [''] } = definition;
  const inspected = new Map<string, Inspected>();
  let prepared: readonly Inspected[] = [];
  const of = (path: string): Inspected => {
    const found = inspected.get(path);
    if (found === undefined) throw new Error(`${path} was not inspected`);
    return found;
  };
  return {
    name: 'csv',
    inspect: async (file) => {
      if (file.size === 0) return { fault: 'is empty: a CSV file begins with a header line', hint: 'Copy the file again from where it came from.' };
      // Most files are read where they lie; of one that is not so plain the first pass ends where that shows.
      const look = await scanCsv(file.path, { plainOnly: true });
      if ('fault' in look) return look;
      demandDeclared(file, look, declared);
      const unnamed = look.columns.find((column) => nullText.includes(column));
      if (unnamed !== undefined) return { fault: `has a column ${unnamed}, which null-text says is no value`, hint: 'Rename the column, or take its name out of null-text.' };
      const copied = look.plain ? undefined : await copy(file);
      if (copied !== undefined && 'fault' in copied) return copied;
      const scan = copied?.scan ?? look;
      if (badRows === 'fail' && copied?.firstBad !== undefined) {
        const more = scan.badRows === 1 ? '' : ` (and ${scan.badRows - 1} more rows)`;
        return { fault: `has a row that cannot be read: ${copied.firstBad}${more}`, hint: 'Correct the row, or set bad-rows: quarantine on the source to keep such rows apart.' };
      }
      inspected.set(file.path, { file, scan, copy: copied });
      return undefined;
    },
    prepare: (paths, source) => {
      prepared = paths.map(of);
      const columns = [...new Set(prepared.flatMap(({ scan }) => scan.columns))];
      const parts = prepared.map(({ file, scan, copy: copied }) => ({ path: copied?.path ?? file.path, name: file.name, rows: scan.rows, copied: copied !== undefined }));
      return csvStatements({ source, parts, columns, declared, timeZone, badRows, nullText, hive: hiveOptions(prepared.map(({ file }) => file.name), '') });
    },
    relation: (paths, source) => {
      if (paths.length === prepared.length) return `(SELECT * EXCLUDE (${ownColumns.join(', ')}) FROM ${rowsTable(source)} WHERE ${ownColumns[2]} IS NULL)`;
      // A part is asked for its columns alone.
      const columns = paths.flatMap((path) => of(path).scan.columns);
      return `(SELECT ${columns.map((column) => `NULL AS ${quoteIdentifier(column)}`).join(', ')} WHERE false)`;
    },
    rejected: (source) => {
      if (badRows === 'fail') return undefined;
      const [file, line, reason, text] = ownColumns;
      const unread = prepared.flatMap(({ copy: copied }) => (copied === undefined ? [] : [quoteText(copied.rejected)]));
      const judged = `SELECT ${file} AS file, CAST(${line} AS BIGINT) AS line, ${reason} AS reason, ${text} AS text FROM ${rowsTable(source)} WHERE ${reason} IS NOT NULL`;
      const lines = unread.map((path) => `SELECT * FROM read_json(${path}, format = 'newline_delimited', hive_partitioning = false, columns = {file: 'VARCHAR', line: 'BIGINT', reason: 'VARCHAR', text: 'VARCHAR'})`);
      return `(${[judged, ...lines].join(' UNION ALL ')})`;
    },
  };
}

/** Into a folder of its own, below the same folders: their keys may be columns. */
async function copy(file: FileToRead): Promise<CsvCopy | FileFault> {
  const folder = join(file.workDirectory, 'cleaned', dirname(file.name));
  await mkdir(folder, { recursive: true });
  return copyCleaned(file, folder);
}

function demandDeclared({ name }: FileToRead, { columns }: CsvScan, declared: Readonly<Record<string, DeclaredType>>): void {
  const missing = Object.keys(declared).filter((column) => !columns.includes(column));
  if (missing.length === 0) return;
  throw new UserError('column-missing', `${name} lacks ${missing.join(', ')}, which pipeline.yaml declares; it has ${columns.slice(0, 20).join(', ')}${columns.length > 20 ? ', …' : ''}`, {
    hint: 'Make the file again with these columns, or take them out of the source’s columns.',
  });
}
