import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { corpus, makeCorpus } from '../../test/hostile-data/corpus.ts';
import type { MutationCounts } from '../../test/hostile-data/mutate-parquet.ts';
import type { CorpusOutcome } from '../../test/hostile-data/read-corpus.ts';
import { type BenchReport, type BenchResult, median } from '../bench-report.ts';

/** What a hostile file may cost: a process that reads it and nothing else. */
const limits = { milliseconds: 1000, mebibytes: 512 };
const scripts = join(import.meta.dirname, '../../test/hostile-data');

interface Measured {
  readonly name: string;
  /** Of the whole process, its start included. */
  readonly wallMilliseconds: number;
  readonly cpuMilliseconds: number;
  readonly maxRss: number;
  readonly outcome: string;
}

/**
 * Every file of the corpus in test/hostile-data in a process of its own, then a small Parquet file with bytes changed, 100,000 times (2,000 where
 * quick). The peer is the limit.
 */
export async function benchHostileFiles({ quick }: { readonly quick: boolean }): Promise<BenchReport> {
  const folder = await mkdtemp(join(tmpdir(), 'taxiway-hostile-bench-'));
  try {
    const rounds = quick ? 1 : 3;
    await makeCorpus(join(folder, 'corpus'));
    const measured: Measured[] = [];
    for (const [index, { name }] of corpus.entries()) {
      const runs: Measured[] = [];
      do runs.push(await measure(join(folder, 'corpus'), { index, name }));
      // A file that is far from the limit is not measured again.
      while (runs.length < rounds && runs.some((run) => run.wallMilliseconds > limits.milliseconds / 2));
      measured.push({ ...(runs[0] ?? { name, outcome: '', cpuMilliseconds: NaN }), wallMilliseconds: median(runs.map((run) => run.wallMilliseconds)), maxRss: Math.max(...runs.map((run) => run.maxRss)) });
    }
    console.table(measured.map(({ name, wallMilliseconds, cpuMilliseconds, maxRss, outcome }) => ({ name, ms: Math.round(wallMilliseconds), 'CPU ms': cpuMilliseconds, MiB: maxRss, outcome: outcome.slice(0, 90) })));
    const count = quick ? 2000 : 100_000;
    const mutated = await mutate(count, join(folder, 'mutated'));
    console.table([mutated]);
    const most = (values: readonly number[]): number => Math.max(...values);
    return {
      bench: 'hostile-files',
      results: [
        againstLimit(`slowest of ${corpus.length} files, ms`, { ours: most(measured.map((file) => file.wallMilliseconds)), limit: limits.milliseconds, rounds }),
        againstLimit(`largest of ${corpus.length} files, MiB resident`, { ours: most(measured.map((file) => file.maxRss)), limit: limits.mebibytes, rounds }),
        againstLimit(`slowest of ${count} mutated Parquet files, ms`, { ours: mutated.slowestMilliseconds, limit: limits.milliseconds, rounds: 1 }),
        againstLimit(`largest process of ${count} mutated Parquet files, MiB resident`, { ours: mutated.maxRss, limit: limits.mebibytes, rounds: 1 }),
        // Any is too many.
        againstLimit(`mutated Parquet files of ${count} read with other rows than declared`, { ours: mutated.wrong === 0 ? 0 : mutated.wrong + 1, limit: 1, rounds: 1 }),
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function againstLimit(metric: string, { ours, limit, rounds }: { readonly ours: number; readonly limit: number; readonly rounds: number }): BenchResult {
  return { metric, ours, peer: 'limit', peerValue: limit, ratio: ours / limit, bar: 1, rounds };
}

async function measure(folder: string, { index, name }: { readonly index: number; readonly name: string }): Promise<Measured> {
  const begin = performance.now();
  const outcome = JSON.parse(await lastLine(join(scripts, 'read-corpus.ts'), [folder, String(index)])) as CorpusOutcome;
  const { error, read, maxRss, cpuMilliseconds } = outcome;
  return { name, wallMilliseconds: performance.now() - begin, cpuMilliseconds, maxRss, outcome: error === undefined ? `${read?.count ?? 0} rows, ${read?.rejected.length ?? 0} rejected` : `${error.code}: ${error.message.replace(folder, '')}` };
}

/** In two processes at a time: most of the work is in one thread. */
async function mutate(count: number, folder: string): Promise<MutationCounts> {
  const seeds = [20130101, 20130102];
  const found = await Promise.all(seeds.map(async (seed) => JSON.parse(await lastLine(join(scripts, 'mutate-parquet.ts'), [String(count / seeds.length), String(seed), join(folder, String(seed))])) as MutationCounts));
  const sum = (of: (counts: MutationCounts) => number): number => found.reduce((total, counts) => total + of(counts), 0);
  const slowest = found.toSorted((left, right) => right.slowestMilliseconds - left.slowestMilliseconds)[0];
  if (slowest === undefined) throw new Error('no process');
  return {
    ...slowest,
    refused: sum(({ refused }) => refused),
    failed: sum(({ failed }) => failed),
    read: sum(({ read }) => read),
    wrong: sum(({ wrong }) => wrong),
    maxRss: Math.max(...found.map(({ maxRss }) => maxRss)),
  };
}

/** @throws where the process does not end well: then a file has ended it */
function lastLine(script: string, parameters: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(printed.trimEnd().split('\n').at(-1) ?? '');
      else reject(new Error(`${script} ${parameters.join(' ')} ended with ${String(code ?? signal)}`));
    });
  });
}
