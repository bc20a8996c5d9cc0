import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createOnnxRuntimeEngine } from '../../src/adapters/training-engine/onnxruntime.ts';
import { openEpochRunner } from '../../src/delaynet/epoch-runner.ts';
import { initializeParameters } from '../../src/delaynet/initialize-parameters.ts';
import { parameterLayout } from '../../src/delaynet/parameter-layout.ts';
import type { OptimizerState } from '../../src/delaynet/training-state.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import { median, type BenchOptions, type BenchResult } from '../bench-report.ts';
import { peerPython } from '../peer-environment.ts';
import { batchSize, embeddings, learningRate, plan, trainingRows } from './training-case.ts';

interface Epoch {
  /** CPU milliseconds of all threads. */
  readonly cpu: number;
  readonly loss: number;
}

type RunEpoch = () => Promise<Epoch>;

const seed = 2013;

async function ours(rows: ReturnType<typeof trainingRows>): Promise<{ run: RunEpoch; end: () => Promise<void> }> {
  const engine = createOnnxRuntimeEngine({ load: createRequire(import.meta.url) }, { logger: silentLogger, threads: 1 });
  const runner = await openEpochRunner({ plan, rows: rows.encoded, targets: rows.targets, batchSize, seed, engine });
  const layout = parameterLayout(plan.network);
  const weights = initializeParameters(layout, seed);
  let state: OptimizerState = { weights, average: weights, first: new Float32Array(layout.trainable), second: new Float32Array(layout.trainable), step: 0 };
  let epoch = 0;
  const run = async (): Promise<Epoch> => {
    epoch += 1;
    const before = process.cpuUsage();
    const result = await runner.run(state, epoch, learningRate);
    const { user, system } = process.cpuUsage(before);
    state = result.state;
    return { cpu: (user + system) / 1000, loss: result.loss };
  };
  return { run, end: () => runner.release() };
}

async function pytorch(rows: ReturnType<typeof trainingRows>, folder: string): Promise<{ run: RunEpoch; end: () => Promise<void> }> {
  const { encoded, targets } = rows;
  await writeFile(join(folder, 'case.json'), JSON.stringify({ width: encoded.width, embeddings, batchSize, learningRate }));
  for (const [name, data] of Object.entries({ dense: encoded.dense, ids: encoded.ids, observed: encoded.observed, targets })) await writeFile(join(folder, `${name}.bin`), data);
  const child = spawn(peerPython(), [join(import.meta.dirname, 'pytorch-peer.py'), folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const run = async (): Promise<Epoch> => {
    child.stdin.write('epoch\n');
    const answer = await answers.next();
    if (answer.done === true) throw new Error('the PyTorch process ended before its epoch did');
    return JSON.parse(answer.value) as Epoch;
  };
  const end = async (): Promise<void> => {
    child.stdin.end();
    await new Promise((resolve) => child.once('exit', resolve));
  };
  return { run, end };
}

/** One epoch of the flight-delay network, ours and PyTorch's in turn on the same rows, each on one thread; the first of each warms up. */
export async function epochsAgainstPyTorch({ quick }: BenchOptions): Promise<BenchResult> {
  const rows = trainingRows(quick ? 20 * batchSize : 78 * batchSize);
  const rounds = quick ? 3 : 9;
  const folder = await mkdtemp(join(tmpdir(), 'bench-training-'));
  const sides = { ours: await ours(rows), pytorch: await pytorch(rows, folder) };
  const cpu = { ours: [] as number[], pytorch: [] as number[] };
  try {
    for (let round = 0; round <= rounds; round++) {
      for (const side of ['ours', 'pytorch'] as const) {
        const epoch = await sides[side].run();
        console.log(`round ${round} of ${rounds}: ${side} ${epoch.cpu.toFixed(0)} ms CPU, loss ${epoch.loss.toFixed(4)}`);
        if (round > 0) cpu[side].push(epoch.cpu);
      }
    }
  } finally {
    await sides.ours.end();
    await sides.pytorch.end();
    await rm(folder, { recursive: true });
  }
  const [mine, theirs] = [median(cpu.ours), median(cpu.pytorch)];
  return { metric: 'cpu_ms_per_epoch', ours: mine, peer: 'pytorch', peerValue: theirs, ratio: mine / theirs, bar: 0.75, rounds };
}
