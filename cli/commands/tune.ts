import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { digest, optionalPositiveInteger, optionalText } from '../../src/action/inputs/fields.ts';
import { inWorkDirectory } from '../../src/action/work-directory.ts';
import { UserError } from '../../src/errors.ts';
import { studyName, studyNameRule } from '../../src/pipeline/schema/tuning.ts';
import { type Verdict, verdictSchema } from '../../src/verdict/verdict.ts';
import { defineCommand } from '../command.ts';
import { environmentOption, fromHere, pipelineOption, storeOption } from '../options.ts';
import { type Terminal, textTable } from '../terminal.ts';
import { runTrainAction } from '../run-train-action.ts';

const options = z.object({
  dataset: digest('Digest of the clean snapshot, as validate-data put it out'),
  study: z.string().regex(studyName, studyNameRule).optional().describe('The study to begin or to join; default: one named by its data and search space'),
  trials: optionalPositiveInteger('Trials of the whole study; default: as the pipeline says'),
  minutes: optionalPositiveInteger('Begin no trial after so many minutes; default: as the pipeline says'),
  workers: optionalPositiveInteger('Processes that run trials at once; default: 1'),
  pipeline: pipelineOption,
  preset: optionalText('Name of a preset, a file of presets/ beside pipeline.yaml: its settings replace those of the pipeline'),
  store: storeOption,
  environment: environmentOption,
});

type TuneOptions = z.output<typeof options>;

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
      const verdicts = await Promise.all(shards.map((shard) => readVerdict(folder, shard)));
      if (verdicts.every((verdict) => verdict === undefined)) return 1;
      if (workers > 1) exits.push(await runWorker(given, { shard: `1/${workers}`, folder, terminal }));
      const verdict = await readVerdict(folder, `1/${workers}`);
      // What went wrong, its worker has said.
      if (verdict === undefined) return 1;
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

/** One shard's share of the study. @returns its exit code */
function runWorker({ dataset, study, trials, minutes, pipeline, preset, store, environment }: TuneOptions, { shard, folder, terminal }: Worker): Promise<number> {
  const inputs = { mode: 'trial', dataset, study, trials, minutes, shard, pipeline: fromHere(pipeline), preset, store, environment, 'verdict-path': verdictPath(folder, shard) };
  return runTrainAction(inputs, (line) => {
    terminal.note(`${shard}  ${line}`);
  });
}

function verdictPath(folder: string, shard: string): string {
  return join(folder, `verdict-${shard.replace('/', '-')}.json`);
}

/** Undefined where the worker ended without one. */
async function readVerdict(folder: string, shard: string): Promise<Verdict | undefined> {
  const text = await readFile(verdictPath(folder, shard), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : verdictSchema.parse(JSON.parse(text));
}
