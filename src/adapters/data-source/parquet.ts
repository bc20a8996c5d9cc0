import type { DataSource } from '../../ports/data-source.ts';
import { fileSource, readBytes } from './file-source.ts';

const magic = 'PAR1';

/** Parquet files; each must begin and end with the format's magic, so a file cut short is named before anything is read from it. */
export function parquetSource(path: string): DataSource {
  return fileSource(
    {
      name: 'parquet',
      relation: (paths) => `read_parquet([${paths.join(', ')}], union_by_name = true)`,
      inspect: async (file, size) => {
        if (size < 12) return `is ${size} bytes long: no Parquet file is that short`;
        const [head, tail] = [await readBytes(file, 0, 4), await readBytes(file, size - 4, 4)];
        if (head.toString('latin1') !== magic) return 'is no Parquet file: it does not begin with PAR1';
        if (tail.toString('latin1') !== magic) return 'is cut short: a Parquet file ends with PAR1';
        return undefined;
      },
    },
    path,
  );
}
