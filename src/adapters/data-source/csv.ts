import type { DataSource } from '../../ports/data-source.ts';
import { fileSource } from './file-source.ts';

/** CSV files with a header line (RFC 4180). Types are found from all rows, so that they never depend on which rows were sampled. */
export function csvSource(path: string): DataSource {
  return fileSource(
    {
      name: 'csv',
      relation: (paths) => `read_csv([${paths.join(', ')}], header = true, delim = ',', quote = '"', escape = '"', sample_size = -1, union_by_name = true, strict_mode = true)`,
      inspect: (_file, size) => Promise.resolve(size === 0 ? 'is empty: a CSV file begins with a header line' : undefined),
    },
    path,
  );
}
