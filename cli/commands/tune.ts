import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { digest, optionalPositiveInteger } from '../../src/action/inputs/fields.ts';
import { inWorkDirectory } from '../../src/action/work-directory.ts';
import { UserError } from '../../src/errors.ts';
import { studyName, studyNameRule } from '../../src/pipeline/schema/tuning.ts';
import { type Verdict, verdictSchema } from '../../src/verdict/verdict.ts';
import { defineCommand } from '../command.ts';
import { environmentOption, fromHere, pipelineOption, storeOption } from '../options.ts';
import { type Terminal, textTable } from '../terminal.ts';

const options = z.object({
  dataset: digest('Digest of the clean snapshot, as validate-data put it out'),
  study: z.string().regex(studyName, studyNameRule).optional().describe('The study to begin or to join; default: one named by its data and search space'),
  trials: optionalPositiveInteger('Trials of the whole study; default: as the pipeline says'),
  minutes: optionalPositiveInteger('Begin no trial after so many minutes; default: as the pipeline says'),
  workers: optionalPositiveInteger('Processes that run trials at once; default: 1'),
  pipeline: pipelineOption,
  store: storeOption,
  environment: environmentOption,
});

type TuneOptions = z.output<typeof options>;

const repository = resolve(import.meta.dirname, '../..');

export const tuneCommand = defineCommand({
  name: 'tune',
  summary: 'Searches the parameters that `tuning` of pipeline.yaml names, with as many processes as you like; begun again it goes on.',
  words: { usage: '', minimum: 0, maximum: 0 },
  options,
  examples: ['tune --store file:///tmp/taxiway/store --dataset sha256:… --study may --workers 4', 'tune --environment staging --dataset sha256:… --minutes 90'],
  run: ({ options: given }, terminal) =>
    inWorkDirectory('tune', async (folder) => {
      const workers = demandWorkers(given.workers ?? 1);
      const shards = Array.from({ length: workers }, (_, index) => `${index + 1}/${workers}`);
      const exits = await Promise.all(shards.map((shard) => runWorker(given, { shard, folder, terminal })));
      // Whoever ended first has seen least: the last look is at the whole study, and finishes what the first worker left.
      if (workers > 1) exits.push(await runWorker(given, { shard: `1/${workers}`, folder, terminal }));
      const verdict = await readVerdict(folder, `1/${workers}`);
      const rows = verdict.checks.flatMap(({ title, value, message, details }) => [[title, String(value), message ?? ''], ...Object.entries(details ?? {}).map(([name, found]) => [`  ${name}`, typeof found === 'string' ? found : JSON.stringify(found), ''])]);
      terminal.print(`${textTable(rows)}\n\n${verdict.verdict}: ${verdict.summary}`);
      return exits.every((code) => code === 0) ? 0 : 1;
    }),
});

/** More processes than processors only wait for each other, and enough of them take the machine down. @throws UserError input-invalid */
function demandWorkers(wanted: number): number {
  const processors = availableParallelism();
  if (wanted <= processors) return wanted;
  throw new UserError('input-invalid', `workers is ${wanted}; allowed: 1 to ${processors}, as many as this machine has processors`, { hint: 'Leave the rest to other machines: the same command on each of them joins the same study.' });
}

interface Worker {
  readonly shard: string;
  readonly folder: string;
  readonly terminal: Terminal;
}

/** The train action as a runner starts it. @returns its exit code */
function runWorker({ dataset, study, trials, minutes, pipeline, store, environment }: TuneOptions, { shard, folder, terminal }: Worker): Promise<number> {
  const inputs = { mode: 'trial', dataset, study, trials, minutes, shard, pipeline: fromHere(pipeline), store, environment, 'verdict-path': verdictPath(folder, shard) };
  const given = Object.entries(inputs).flatMap(([name, value]) => (value === undefined ? [] : [[`INPUT_${name.toUpperCase()}`, String(value)] as const]));
  const child = spawn(process.execPath, [join(repository, 'actions/train/main.ts')], { cwd: repository, env: { ...process.env, GITHUB_WORKSPACE: repository, ...Object.fromEntries(given) }, stdio: ['ignore', 'pipe', 'inherit'] });
  createInterface({ input: child.stdout }).on('line', (line) => {
    // Lines for a runner are none for people, but for what went wrong.
    if (!/^(?:::(?!error|warning).*)?$/.test(line)) terminal.note(`${shard}  ${line}`);
  });
  return new Promise((settle, fail) => {
    child.once('error', fail);
    child.once('close', (code) => {
      settle(code ?? 1);
    });
  });
}

function verdictPath(folder: string, shard: string): string {
  return join(folder, `verdict-${shard.replace('/', '-')}.json`);
}

async function readVerdict(folder: string, shard: string): Promise<Verdict> {
  const text = await readFile(verdictPath(folder, shard), 'utf8').catch((cause: unknown) => {
    throw new UserError('study-missing', 'the worker ended without a verdict', { hint: 'What went wrong stands above; begun again, the study goes on.', cause });
  });
  return verdictSchema.parse(JSON.parse(text));
}
