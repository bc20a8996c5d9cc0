/** Opens changed models, many times over, and prints the counts as a line of JSON. Usage: mutate-model.ts FIRST COUNT SEED [PROGRESS_FILE] */
import { openSync, writeSync } from 'node:fs';
import { createRandom } from '../../src/statistics/random.ts';
import { mutateModel } from './mutate-bytes.ts';
import { openBytes } from './open-bytes.ts';
import { smallModel, smallRows } from './small-model.ts';

export interface MutationCounts {
  /** Refused before ONNX Runtime saw the model. */
  refused: number;
  /** Refused by ONNX Runtime, or for answers that are no probabilities. */
  failed: number;
  answered: number;
  /** Neither a clear error nor probabilities: must be 0. */
  wrong: number;
  slowestMilliseconds: number;
  slowest: string;
  /** The most of the process, in MiB. */
  maxRss: number;
}

const [first = 0, count = 0, seed = 0] = process.argv.slice(2, 5).map(Number);
// Which change was tried last is told to who sees this process end.
const progress = process.argv[5] === undefined ? undefined : openSync(process.argv[5], 'w');
const counts: MutationCounts = { refused: 0, failed: 0, answered: 0, wrong: 0, slowestMilliseconds: 0, slowest: '', maxRss: 0 };
const original = await smallModel();
const rows = smallRows(2, 'asked');
for (let index = first; index < first + count; index += 1) {
  const { mutated, change } = mutateModel(original, createRandom(`${seed}/${index}`));
  if (progress !== undefined) writeSync(progress, `${String(index).padStart(9)}\n`, 0);
  const begin = performance.now();
  const outcome = await openBytes(mutated, rows);
  const took = performance.now() - begin;
  if ('scores' in outcome) counts.answered += 1;
  else if (outcome.code !== 'model-invalid' && outcome.code !== 'column-missing') {
    counts.wrong += 1;
    process.stderr.write(`change ${index} of seed ${seed} (${change}): ${outcome.message}\n`);
  } else if (outcome.message.startsWith('The model cannot be used')) counts.failed += 1;
  else counts.refused += 1;
  if (took > counts.slowestMilliseconds) Object.assign(counts, { slowestMilliseconds: took, slowest: `${index}: ${change}` });
}
counts.maxRss = Math.round(process.resourceUsage().maxRSS / 1024);
process.stdout.write(`${JSON.stringify(counts)}\n`);
