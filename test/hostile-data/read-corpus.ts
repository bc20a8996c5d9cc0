/** Reads files of a corpus that lies made in a folder, one after the other, and prints what came of each as a line of JSON. Usage: read-corpus.ts FOLDER [INDEX] */
import { UserError } from '../../src/errors.ts';
import { corpus, rootOf } from './corpus.ts';
import { type ReadSource, readSource, withSmallDatabase } from './read-source.ts';

export interface CorpusOutcome {
  readonly index: number;
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string | undefined };
  readonly read?: ReadSource;
  readonly milliseconds: number;
  /** Of the process so far, its start included: what a busy machine does not change much. */
  readonly cpuMilliseconds: number;
  /** The most of the process so far, in MiB. */
  readonly maxRss: number;
}

function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return Math.round((user + system) / 1000);
}

const [folder = '', only] = process.argv.slice(2);
await withSmallDatabase(async (database) => {
  for (const [index, { source }] of corpus.entries()) {
    if (only !== undefined && Number(only) !== index) continue;
    const begin = performance.now();
    let found: Pick<CorpusOutcome, 'error' | 'read'>;
    try {
      found = { read: await readSource(source, rootOf(folder, index), { database, keep: 50 }) };
    } catch (cause) {
      if (cause instanceof UserError) found = { error: { code: cause.code, message: cause.message, hint: cause.hint } };
      else found = { error: { code: 'no UserError', message: cause instanceof Error ? cause.message : String(cause), hint: undefined } };
    }
    const outcome: CorpusOutcome = { index, ...found, milliseconds: Math.round(performance.now() - begin), cpuMilliseconds: cpuMilliseconds(), maxRss: Math.round(process.resourceUsage().maxRSS / 1024) };
    process.stdout.write(`${JSON.stringify(outcome)}\n`);
  }
});
