import { canonicalJson, type Json } from '../artifacts/canonical-json.ts';
import { type Digest, digestOf, hexOf } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';
import { loadTrainingWindow } from '../pipeline/load-pipeline.ts';
import type { TuningSection } from '../pipeline/schema/tuning.ts';
import type { TrainingWindow } from '../pipeline/training-window.ts';
import type { TrainingEngine } from '../ports/training-engine.ts';
import { bestTrial } from '../tuning/best-trial.ts';
import { delayNetObjective } from '../tuning/delaynet-objective.ts';
import { presentParameters } from '../tuning/parameter-path.ts';
import { runStudy } from '../tuning/run-study.ts';
import type { SeenTrial } from '../tuning/sampler.ts';
import { isInSpace, type ParameterValues, parameterNames, type SearchSpace } from '../tuning/search-space.ts';
import { seenTrials } from '../tuning/seen-trials.ts';
import { Study } from '../tuning/study.ts';
import { studyCharts, studyChecks, studySummary } from '../tuning/study-report.ts';
import type { StudyRecord } from '../tuning/study-records.ts';
import { readTrainingRows, type RowReader } from './read-training-rows.ts';
import { buildVerdict, type StepContext, type StepResult } from './step.ts';

export interface RunTrialsInputs {
  /** A clean snapshot that covers the training window. */
  readonly dataset: Digest;
  /** The study to begin or to join; by default one named by all that decides its values. */
  readonly study: string | undefined;
  /** Trials of the whole study; by default as the pipeline says. */
  readonly trials: number | undefined;
  /** No trial is begun after so many minutes; by default as the pipeline says. */
  readonly minutes: number | undefined;
  /** This worker's name among those of the study, e.g. 2/4. */
  readonly shard: string;
  /** The run that this worker belongs to: a shard of another run may be alive. */
  readonly run: string;
}

export interface RunTrialsOutputs extends Record<string, string> {
  readonly study: string;
  readonly 'best-trial': string;
  readonly 'best-value': string;
  readonly 'best-parameters': string;
}

type RunTrialsContext = StepContext & { readonly engine: TrainingEngine; readonly readRows: RowReader };

/** Runs trials of a tuning study on the fit rows, judged on the calibration rows; never looks at a test row. Where nothing is left to try it only reports. */
export async function runTrials(inputs: RunTrialsInputs, context: RunTrialsContext): Promise<StepResult<RunTrialsOutputs>> {
  const { store, clock, logger, pipeline, engine } = context;
  const { definition } = pipeline;
  const started = clock.now();
  const tuning = tuningOf(context);
  const window = await loadTrainingWindow(pipeline);
  // A study that cannot begin leaves nothing in the store.
  const earlier = await readEarlier(tuning, window, context);
  const rows = await readTrainingRows({ dataset: inputs.dataset, window }, context);
  const study = await Study.join(store, studyRecord(inputs, { context, tuning, window }));
  const { record } = study;
  const minutes = inputs.minutes ?? tuning.minutes;
  logger.info(`Study ${record.study}, shard ${inputs.shard}: ${inputs.trials ?? tuning.trials} trials${minutes === undefined ? '' : `, none begun after ${minutes} minutes`}`);
  const ended = await logger.group('Trials', () =>
    runStudy({
      study,
      shard: inputs.shard,
      run: inputs.run,
      trials: inputs.trials ?? tuning.trials,
      until: minutes === undefined ? undefined : started + minutes * 60_000,
      objective: delayNetObjective({ definition, ...rows, objective: record.objective, engine, logger }),
      earlier,
      present: presentPoint(definition.training, record.space),
      clock,
      logger,
    }),
  );
  const trials = await study.trials();
  const best = bestTrial(trials, record.objective);
  return {
    verdict: buildVerdict(context, {
      step: 'train',
      summary: studySummary(record, trials),
      subjects: { in: { dataset: inputs.dataset }, out: { study: study.key } },
      checks: studyChecks(record, trials),
      charts: studyCharts(record, trials),
      notes: [
        `This worker (shard ${inputs.shard}) ended ${ended} trials.`,
        'The best of many trials on the same calibration rows looks better than it is: whether it is better, the gate decides on rows that no trial has seen.',
      ],
    }),
    outputs: {
      study: record.study,
      'best-trial': best === undefined ? '' : String(best.number),
      'best-value': best === undefined ? '' : String(best.value),
      'best-parameters': best === undefined ? '' : canonicalJson(best.parameters),
    },
  };
}

function tuningOf({ pipeline }: RunTrialsContext): TuningSection {
  const { tuning, name } = pipeline.definition;
  if (tuning !== undefined) return tuning;
  throw new UserError('input-invalid', `mode trial was asked for, and the pipeline ${name} has no tuning section`, { hint: 'Add `tuning` with the parameters to search to pipeline.yaml.' });
}

interface StudyParts {
  readonly context: RunTrialsContext;
  readonly tuning: TuningSection;
  readonly window: TrainingWindow;
}

function studyRecord({ dataset, study }: RunTrialsInputs, { context, tuning, window }: StudyParts): StudyRecord {
  const { definition, digest, datasetQuery } = context.pipeline;
  const { features, training, data } = definition;
  const scored = definition['scored-rows'];
  const dataParts = { dataset: data.dataset, label: data.label };
  const basis = digestOf(canonicalJson(asJson({ features, training, data: dataParts, scored, datasetQuery, window })));
  const part = (...values: readonly unknown[]): Digest => digestOf(canonicalJson(asJson(values)));
  const basisParts = { features: part(features), training: part(training), data: part(dataParts, datasetQuery), scored: part(scored), window: part(window) };
  const { objective, sampler, pruner, parameters: space } = tuning;
  const about = { dataset, basis, seed: training.seed, objective, sampler, pruner, space };
  return {
    schema: 'taxiway/study/v1',
    pipeline: definition.name,
    // Workers of one matrix agree on it without being told.
    study: study ?? `auto-${hexOf(digestOf(canonicalJson(asJson(about)))).slice(0, 12)}`,
    pipelineDigest: digest,
    basisParts,
    window,
    ...about,
  };
}

function presentPoint(training: Parameters<typeof presentParameters>[0], space: SearchSpace): ParameterValues | undefined {
  const values = presentParameters(training, parameterNames(space));
  const known = Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  return isInSpace(known, space) ? known : undefined;
}

/** Ended trials of the studies that this one learns from; those that searched other names say nothing here. */
async function readEarlier(tuning: TuningSection, { calibrate }: TrainingWindow, { store, pipeline, logger }: RunTrialsContext): Promise<SeenTrial[][]> {
  const earlier: SeenTrial[][] = [];
  for (const name of tuning['warm-start']) {
    const study = await Study.find(store, { pipeline: pipeline.definition.name, study: name });
    if (study === undefined) throw new UserError('study-missing', `tuning.warm-start names the study ${name}, which ${store.uri} does not have`, { hint: 'Take the name out, or run that study first.' });
    // What this study learns from counts as seen by it: never a later row than its own.
    const until = study.record.window?.calibrate.to;
    if (until === undefined || until > calibrate.to) {
      throw new UserError('study-mismatch', `tuning.warm-start names the study ${name}, ${until === undefined ? 'which does not say on which window its trials were judged' : `whose trials saw rows up to ${until}`}; this one sees rows up to ${calibrate.to}`, {
        hint: 'Take the name out, or name a study of this window or an earlier one.',
      });
    }
    const trials = seenTrials(await study.trials(), study.record.objective).filter(({ state, parameters }) => state !== 'running' && isInSpace(parameters, tuning.parameters));
    if (trials.length === 0) logger.warn(`The study ${name} has no ended trial in this search space: nothing is learned from it.`);
    earlier.push(trials);
  }
  return earlier;
}

/** Plain JSON by construction. */
function asJson(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
