/** Usage: mutate-parquet.ts COUNT SEED FOLDER. Prints the counts as a line of JSON. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parquetFormat } from '../../src/adapters/data-source/parquet.ts';
import { type Database, withDatabase } from '../../src/data/database.ts';
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
  /** The most of the process, in MiB. */
  maxRss: number;
}

/** Changes one byte (in every fourth file two to four) of a small Parquet file and reads the result, many times over. */
async function mutateParquet({ count, seed, folder }: { readonly count: number; readonly seed: number; readonly folder: string }): Promise<MutationCounts> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const counts: MutationCounts = { refused: 0, failed: 0, read: 0, wrong: 0, slowestMilliseconds: 0, slowest: '', maxRss: 0 };
  const random = seededRandom(seed);
  const native = { load: createRequire(import.meta.url) };
  const originals = await Promise.all((['snappy', 'uncompressed', 'zstd', 'gzip'] as const).map((codec) => smallParquet(join(folder, `${codec}.parquet`), codec)));
  const path = join(folder, 'mutated.parquet');
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
        await writeFile(path, mutated);
        const begin = performance.now();
        const kind = await readMutated(database, { path, size: mutated.length, rows });
        counts[kind] += 1;
        if (kind === 'wrong') process.stderr.write(`other than ${rows} rows after ${changes.join(' ')}\n`);
        const took = performance.now() - begin;
        if (took > counts.slowestMilliseconds) Object.assign(counts, { slowestMilliseconds: took, slowest: `${index}: ${changes.join(' ')}` });
      }
    },
    { threads: 1, memoryLimit: '256MB' },
  );
  return { ...counts, maxRss: Math.round(process.resourceUsage().maxRSS / 1024) };
}

/** As a source does it, except that the file need not be looked for: that would take longer than to read it. */
async function readMutated(database: Database, { path, size, rows }: { readonly path: string; readonly size: number; readonly rows: number }): Promise<'refused' | 'failed' | 'read' | 'wrong'> {
  const format = parquetFormat();
  if ((await format.inspect({ name: 'mutated.parquet', path, size, workDirectory: dirname(path) })) !== undefined) return 'refused';
  let found: Record<string, unknown>[];
  try {
    for (const statement of format.prepare([path], 'mutated')) await database.run(statement);
    // The hash needs every value of every column: a count alone would be answered from the footer.
    found = await database.rows(`SELECT count(*)::DOUBLE AS n, bit_xor(hash(given)) FROM ${format.relation([path], 'mutated', 'hive_partitioning = false')} AS given`);
  } catch {
    return 'failed';
  }
  return Number(found[0]?.['n']) === rows ? 'read' : 'wrong';
}

const [count, seed, folder = ''] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(await mutateParquet({ count: Number(count), seed: Number(seed), folder }))}\n`);
