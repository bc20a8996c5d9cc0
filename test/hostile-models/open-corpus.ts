/** Opens models of a corpus that lies made in a folder, one after the other, and prints what came of each as a line of JSON. Usage: open-corpus.ts FOLDER [INDEX] */
import { readFile } from 'node:fs/promises';
import type { Table } from '../../src/data/table.ts';
import { corpus, pathOf } from './corpus.ts';
import { engine, openBytes, type ModelOutcome } from './open-bytes.ts';
import { forgeModel } from './forge-model.ts';

export interface CorpusOutcome {
  readonly index: number;
  readonly outcome: ModelOutcome;
  /** Of looking at it, opening it and asking it. */
  readonly milliseconds: number;
  /** The most of the process so far, in MiB. */
  readonly maxRss: number;
}

const rows: Table = { rows: 3, numbers: new Map([['delay', Float64Array.of(20, NaN, 0)], ['distance', Float64Array.of(2475, 100, 0)]]), strings: new Map([['carrier', ['AA', '', 'ZZ']]]) };

const [folder = '', only] = process.argv.slice(2);
process.chdir(folder);
// The library is loaded before the clock runs: a service has it too.
await (await engine.openSession(forgeModel())).release();
for (const index of corpus.keys()) {
  if (only !== undefined && Number(only) !== index) continue;
  const bytes = await readFile(pathOf(folder, index));
  const begin = performance.now();
  const outcome = await openBytes(bytes, rows);
  const printed: CorpusOutcome = { index, outcome, milliseconds: performance.now() - begin, maxRss: Math.round(process.resourceUsage().maxRSS / 1024) };
  process.stdout.write(`${JSON.stringify(printed)}\n`);
}
