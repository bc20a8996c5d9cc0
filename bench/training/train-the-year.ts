import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BenchOptions, type BenchResult, median } from '../bench-report.ts';
import { yearDataset } from '../year-dataset.ts';
import type { YearTraining } from './measure-training.ts';

const limits = { cpuSeconds: 120, residentGigabytes: 1.5, checkpointShare: 0.02 };
/** Of each run; 1 first, which the others are compared with. */
const threads = [1, 1, 2] as const;

/** The shipped network, trained until it no longer gets better on the year's real rows, each run in a process of its own: rows read, encoded, trained, calibrated, exported. */
export async function trainTheYear({ quick }: BenchOptions): Promise<BenchResult[]> {
  const { store, dataset } = await yearDataset();
  const folder = await mkdtemp(join(tmpdir(), 'bench-training-year-'));
  try {
    const runs: { readonly measured: YearTraining; readonly weights: Uint32Array }[] = [];
    for (const [index, count] of threads.entries()) {
      const path = join(folder, `weights-${index}.bin`);
      const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'measure-training.ts'), store, dataset, String(count), path, ...(quick ? ['quick'] : [])], { maxBuffer: 1e8 });
      // What our own process has just printed.
      const measured = JSON.parse(stdout) as YearTraining;
      console.log(`the year on ${count} ${count === 1 ? 'thread' : 'threads'}: ${measured.rows} rows, ${measured.epochs} epochs (best ${measured.bestEpoch}), ${measured.cpuSeconds.toFixed(1)} s CPU, ${measured.seconds.toFixed(1)} s wall, ${measured.residentGigabytes.toFixed(2)} GB, log-loss ${measured.calibrationLoss.toFixed(5)}`);
      if (!quick && !measured.converged) throw new Error(`${measured.epochs} epochs were not enough to see that it no longer gets better`);
      runs.push({ measured, weights: new Uint32Array(new Uint8Array(await readFile(path)).buffer) });
    }
    const figures = (of: (run: YearTraining) => number): number => median(runs.map(({ measured }) => of(measured)));
    const [first, again, twoThreads] = runs.map(({ weights }) => weights);
    return [
      held('year_to_convergence_cpu_s', figures((run) => run.cpuSeconds), limits.cpuSeconds),
      held('year_resident_gb', Math.max(...runs.map(({ measured }) => measured.residentGigabytes)), limits.residentGigabytes),
      held('checkpoint_share_of_cpu', figures((run) => run.checkpointSeconds / run.cpuSeconds), limits.checkpointShare),
      none('weights_that_differ_run_to_run', differing(first, again)),
      none('weights_that_differ_1_to_2_threads', differing(first, twoThreads)),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Positions whose bits differ. */
function differing(left: Uint32Array | undefined, right: Uint32Array | undefined): number {
  if (left === undefined || left.length === 0 || left.length !== right?.length) throw new Error('two trainings gave networks of different sizes');
  return left.reduce((sum, bits, index) => sum + (bits === right[index] ? 0 : 1), 0);
}

function held(metric: string, value: number, limit: number): BenchResult {
  return { metric, ours: value, peer: 'limit', peerValue: limit, ratio: value / limit, bar: 1, rounds: threads.length };
}

/** Held to none at all: counted in ones, and no one is allowed. */
function none(metric: string, count: number): BenchResult {
  return { metric, ours: count, peer: 'limit', peerValue: 0, ratio: count, bar: 0, rounds: 1 };
}
