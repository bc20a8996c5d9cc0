import type { DatabaseOptions } from './database.ts';

const megabyte = 1_000_000;

/**
 * Memory for checks on Parquet files of a size. A scan needs little; grouping every key of a large table needs more, or spills. Up to 200 MB the
 * standard limit is enough; above, three times the files' bytes, at most 4 GB: larger groupings spill to the temporary folder.
 */
export function validationMemory(bytes: number): Pick<DatabaseOptions, 'memoryLimit'> {
  if (bytes <= 200 * megabyte) return {};
  return { memoryLimit: `${Math.min(4000, Math.max(1000, Math.ceil((3 * bytes) / megabyte)))}MB` };
}
