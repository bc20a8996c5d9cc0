import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { corpus, makeCorpus } from '../../test/hostile-models/corpus.ts';
import type { MutationCounts } from '../../test/hostile-models/mutate-model.ts';
import type { CorpusOutcome } from '../../test/hostile-models/open-corpus.ts';
import { type BenchReport, type BenchResult, median } from '../bench-report.ts';

/** What a hostile model may cost, once ONNX Runtime is loaded: a second, and a process that opens it and nothing else. */
const limits = { milliseconds: 1000, mebibytes: 512 };
const seed = 20130101;
/** Changed models that one process opens; another opens the next. */
const batch = 2500;
const scripts = join(import.meta.dirname, '../../test/hostile-models');

/**
 * Every model of the corpus in test/hostile-models in a process of its own, then a small model with parts changed, 100,000 times (2,000 where
 * quick), in processes of 2,500. The peer is the limit; a process that ends is counted, named by its seed, and the next change goes on.
 */
export async function benchHostileModels({ quick }: { readonly quick: boolean }): Promise<BenchReport> {
  const folder = await mkdtemp(join(tmpdir(), 'taxiway-hostile-models-'));
  try {
    const rounds = quick ? 1 : 3;
    await makeCorpus(join(folder, 'corpus'));
    const measured: { readonly name: string; readonly milliseconds: number; readonly maxRss: number; readonly right: boolean; readonly outcome: string }[] = [];
    for (const [index, { name, outcome: wanted }] of corpus.entries()) {
      const runs: CorpusOutcome[] = [];
      do {
        const { code, printed } = await run('open-corpus.ts', [join(folder, 'corpus'), String(index)]);
        if (code !== '0') throw new Error(`${name} ended the process with ${code}`);
        runs.push(JSON.parse(printed) as CorpusOutcome);
        // A model that is far from the limit is not measured again.
      } while (runs.length < rounds && runs.some(({ milliseconds }) => milliseconds > limits.milliseconds / 2));
      const outcome = runs[0]?.outcome ?? { code: '', message: '' };
      const right = 'scores' in outcome ? wanted === 'answers' : wanted !== 'answers' && outcome.code === 'model-invalid' && wanted.test(outcome.message);
      measured.push({ name, right, milliseconds: median(runs.map((each) => each.milliseconds)), maxRss: Math.max(...runs.map((each) => each.maxRss)), outcome: 'scores' in outcome ? 'answers' : outcome.message });
    }
    console.table(measured.map(({ name, milliseconds, maxRss, right, outcome }) => ({ name, ms: Math.round(milliseconds), MiB: maxRss, right, outcome: outcome.slice(0, 90) })));
    const count = quick ? 2000 : 100_000;
    const mutated = await mutate(count, join(folder, 'progress'));
    console.table([mutated]);
    const most = (values: readonly number[]): number => Math.max(...values);
    return {
      bench: 'hostile-models',
      results: [
        noneOf(`models of ${corpus.length} with another outcome than the right one`, measured.filter(({ right }) => !right).length),
        againstLimit(`slowest of ${corpus.length} models, ms`, { ours: most(measured.map(({ milliseconds }) => milliseconds)), limit: limits.milliseconds, rounds }),
        againstLimit(`largest process of ${corpus.length} models, MiB resident`, { ours: most(measured.map(({ maxRss }) => maxRss)), limit: limits.mebibytes, rounds }),
        noneOf(`processes ended by ${count} changed models`, mutated.crashed),
        noneOf(`changed models of ${count} with neither a clear error nor probabilities`, mutated.wrong),
        againstLimit(`slowest of ${count} changed models, ms`, { ours: mutated.slowestMilliseconds, limit: limits.milliseconds, rounds: 1 }),
        againstLimit(`largest process of ${count} changed models, MiB resident`, { ours: mutated.maxRss, limit: limits.mebibytes, rounds: 1 }),
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function againstLimit(metric: string, { ours, limit, rounds }: { readonly ours: number; readonly limit: number; readonly rounds: number }): BenchResult {
  return { metric, ours, peer: 'limit', peerValue: limit, ratio: ours / limit, bar: 1, rounds };
}

/** Any is too many. */
function noneOf(metric: string, found: number): BenchResult {
  return againstLimit(metric, { ours: found === 0 ? 0 : found + 1, limit: 1, rounds: 1 });
}

interface Mutated extends MutationCounts {
  crashed: number;
}

/** One process after the other, two side by side: a model is opened in one thread. */
async function mutate(count: number, progress: string): Promise<Mutated> {
  const total: Mutated = { refused: 0, failed: 0, answered: 0, wrong: 0, crashed: 0, slowestMilliseconds: 0, slowest: '', maxRss: 0 };
  const starts = Array.from({ length: Math.ceil(count / batch) }, (_, index) => index * batch);
  const worker = async (name: string): Promise<void> => {
    for (let start = starts.shift(); start !== undefined; start = starts.shift()) {
      const end = Math.min(count, start + batch);
      let next = start;
      while (next < end) {
        const { code, printed } = await run('mutate-model.ts', [String(next), String(end - next), String(seed), `${progress}-${name}`]);
        if (code === '0') {
          add(total, JSON.parse(printed) as MutationCounts);
          break;
        }
        const last = Number(await readFile(`${progress}-${name}`, 'utf8'));
        console.error(`change ${last} of seed ${seed} ended the process with ${code}: node test/hostile-models/mutate-model.ts ${last} 1 ${seed}`);
        total.crashed += 1;
        next = last + 1;
      }
    }
  };
  await Promise.all(['0', '1'].map(worker));
  return total;
}

function add(total: Mutated, { refused, failed, answered, wrong, slowestMilliseconds, slowest, maxRss }: MutationCounts): void {
  total.refused += refused;
  total.failed += failed;
  total.answered += answered;
  total.wrong += wrong;
  total.maxRss = Math.max(total.maxRss, maxRss);
  if (slowestMilliseconds > total.slowestMilliseconds) Object.assign(total, { slowestMilliseconds, slowest });
}

/** How a script ended ('0' is well), and the last line it printed. What ONNX Runtime itself logs of refusals is left out. */
function run(script: string, parameters: readonly string[]): Promise<{ readonly code: string; readonly printed: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(scripts, script), ...parameters], { stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n')) if (line.startsWith('change ')) console.error(line);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: String(code ?? signal), printed: printed.trimEnd().split('\n').at(-1) ?? '' }));
  });
}
