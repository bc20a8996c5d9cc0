import { quoteIdentifier, quoteText } from '../../data/sql-text.ts';
import type { DataSource } from '../../ports/data-source.ts';
import { escapeGlob } from './csv/csv-statements.ts';
import { type FileFormat, type FileSourceContext, type FileSourceDefinition, type FileToRead, fileSource } from './file-source.ts';
import { inspectParquet } from './parquet/inspect-parquet.ts';
import { mostUnpacked } from './parquet/judge-footer.ts';
import { type ParquetLimits, parquetLimits } from './parquet/parquet-limits.ts';

export interface ParquetSourceDefinition extends FileSourceDefinition {
  /** What a file may declare at most, where the defaults do not fit. */
  readonly limits?: Partial<ParquetLimits> | undefined;
}

/**
 * Parquet files of flat columns. What a file declares of itself is judged before anything is read from it: one that is cut, damaged, encrypted or
 * declares more than it can hold is refused by name.
 */
export function parquetSource(definition: ParquetSourceDefinition, context: FileSourceContext = { name: 'parquet' }): DataSource {
  return fileSource(parquetFormat(definition.limits), definition, context);
}

export function parquetFormat(changedLimits?: Partial<ParquetLimits>): FileFormat & Required<Pick<FileFormat, 'prepare'>> {
  const limits = { ...parquetLimits, ...changedLimits };
  const measures = new Map<string, string>();
  return {
    name: 'parquet',
    inspect: async (file) => {
      measures.delete(file.path);
      const found = await inspectParquet(file, limits);
      if ('fault' in found) return found;
      if (found.repeating.length > 0) measures.set(file.path, measureUnpacked(file, { columns: found.repeating, most: mostUnpacked(file, limits) }));
      return undefined;
    },
    prepare: (paths) => paths.flatMap((path) => measures.get(path) ?? []),
    relation: (paths, _source, hive) => readParquet(paths, `union_by_name = true, ${hive}`),
  };
}

function readParquet(paths: readonly string[], options: string): string {
  return `read_parquet([${paths.map((path) => quoteText(escapeGlob(path))).join(', ')}], ${options})`;
}

/** Fails where the values take too much. DuckDB measures an entry of a dictionary once, however often it stands in the rows. Bytes count as their text. */
function measureUnpacked({ name, path, size }: FileToRead, { columns, most }: { readonly columns: readonly string[]; readonly most: number }): string {
  const sums = columns.map((column) => `coalesce(sum(strlen(CAST(${quoteIdentifier(column)} AS VARCHAR))), 0)`).join(' + ');
  const message = `${quoteText(`${name} unpacks to `)} || bytes || ${quoteText(` bytes of text in ${size} bytes; at most ${most} are read (if the file is what it should be, split it)`)}`;
  return `SELECT CASE WHEN bytes > ${most} THEN error(${message}) END FROM (SELECT ${sums} AS bytes FROM ${readParquet([path], 'hive_partitioning = false')})`;
}
