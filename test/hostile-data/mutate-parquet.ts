import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parquetSource } from '../../src/adapters/data-source/parquet.ts';
import { withDatabase } from '../../src/data/database.ts';
import { UserError } from '../../src/errors.ts';
import { seededRandom } from './seeded-random.ts';
import { smallParquet } from './small-parquet.ts';

export interface MutationCounts {
  /** Refused before DuckDB saw the file. */
  refused: number;
  /** Refused by DuckDB. */
  failed: number;
  /** Read, with as many rows as the file has. */
  read: number;
  /** Read with fewer or more rows than the file declares: must be 0. */
  wrong: number;
  slowestMilliseconds: number;
  slowest: string;
}

/** Changes one byte (in every fourth file two to four) of a small Parquet file and reads the result, many times over. */
export async function mutateParquet({ count, seed, folder }: { readonly count: number; readonly seed: number; readonly folder: string }): Promise<MutationCounts> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const counts: MutationCounts = { refused: 0, failed: 0, read: 0, wrong: 0, slowestMilliseconds: 0, slowest: '' };
  const random = seededRandom(seed);
  const native = { load: createRequire(import.meta.url) };
  const originals = await Promise.all((['snappy', 'uncompressed', 'zstd', 'gzip'] as const).map((codec) => smallParquet(join(folder, `${codec}.parquet`), codec)));
  const source = parquetSource({ path: 'mutated.parquet' }, { name: 'mutated' });
  await withDatabase(
    native,
    async (database) => {
      for (let index = 0; index < count; index++) {
        const { bytes, rows } = originals[index % originals.length] ?? { bytes: Buffer.alloc(0), rows: 0 };
        const mutated = Buffer.from(bytes);
        const changes: string[] = [];
        for (let change = index % 4 === 3 ? 1 + Math.floor(random() * 3) : 0; change >= 0; change--) {
          // Half of them in the footer, where most can go wrong.
          const at = random() < 0.5 ? Math.floor(random() * bytes.length) : bytes.length - 1 - Math.floor(random() * Math.min(bytes.length, 8 + bytes.readUInt32LE(bytes.length - 8)));
          mutated[at] = Math.floor(random() * 256);
          changes.push(`${at}=${mutated[at] ?? 0}`);
        }
        await writeFile(join(folder, 'mutated.parquet'), mutated);
        const begin = performance.now();
        try {
          const resolved = await source.resolve({ root: folder, from: 0, to: 1, asOf: 1, workDirectory: join(folder, 'work') });
          try {
            await database.run(`CREATE OR REPLACE TABLE given AS SELECT * FROM ${resolved.relation}`);
            const [counted] = await database.rows('SELECT count(*)::DOUBLE AS n FROM given');
            if (Number(counted?.['n']) === rows) counts.read += 1;
            else {
              counts.wrong += 1;
              process.stderr.write(`${String(counted?.['n'])} of ${rows} rows after ${changes.join(' ')}\n`);
            }
          } catch {
            counts.failed += 1;
          }
        } catch (cause) {
          if (!(cause instanceof UserError)) throw cause;
          counts.refused += 1;
        }
        await rm(join(folder, 'work'), { recursive: true, force: true });
        const took = performance.now() - begin;
        if (took > counts.slowestMilliseconds) Object.assign(counts, { slowestMilliseconds: took, slowest: `${index}: ${changes.join(' ')}` });
      }
    },
    { threads: 1, memoryLimit: '256MB' },
  );
  return counts;
}
