import { quoteText } from '../../data/sql-text.ts';
import type { DataSource } from '../../ports/data-source.ts';
import { escapeGlob } from './csv/csv-statements.ts';
import { type FileSourceContext, type FileSourceDefinition, fileSource } from './file-source.ts';
import { inspectParquet } from './parquet/inspect-parquet.ts';
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
  const limits = { ...parquetLimits, ...definition.limits };
  return fileSource(
    {
      name: 'parquet',
      relation: (paths, _source, hive) => `read_parquet([${paths.map((path) => quoteText(escapeGlob(path))).join(', ')}], union_by_name = true, ${hive})`,
      inspect: (file) => inspectParquet(file, limits),
    },
    definition,
    context,
  );
}
