import { demandOutput, playStep, type StepRecord, type Story } from './story.ts';

export interface Experiment {
  /** Prefix of its scenes, e.g. chapter-1. */
  readonly scene: string;
  readonly branch: string;
  readonly asOf: string;
  /** `none` for the first model, `live` to be judged against the version that is live. */
  readonly champion: 'none' | 'live';
}

export interface ExperimentResult {
  readonly passed: boolean;
  readonly candidate: string;
  readonly evaluation: string;
  readonly gate: StepRecord;
}

/** What the checks of a pull request do, and the first steps of a lifecycle: ingest, validate, train, judge. */
export async function runExperiment(story: Story, experiment: Experiment): Promise<ExperimentResult> {
  const { scene, branch, asOf } = experiment;
  const ingest = await playStep(story, { scene: `${scene}/ingest`, action: 'ingest', branch, asOf, inputs: {}, accept: ['pass'] });
  const validate = await playStep(story, {
    scene: `${scene}/validate-data`,
    action: 'validate-data',
    branch,
    asOf,
    inputs: { snapshot: demandOutput(ingest, 'snapshot') },
    accept: ['pass'],
  });
  const train = await playStep(story, {
    scene: `${scene}/train`,
    action: 'train',
    branch,
    asOf,
    inputs: { dataset: demandOutput(validate, 'dataset') },
    accept: ['pass'],
  });
  const candidate = demandOutput(train, 'candidate');
  const gate = await playStep(story, {
    scene: `${scene}/evaluate-gate`,
    action: 'evaluate-gate',
    branch,
    asOf,
    inputs: { candidate, champion: experiment.champion, 'signing-key': story.signingKey },
    accept: ['pass', 'fail', 'inconclusive'],
  });
  return { passed: gate.verdict === 'pass', candidate, evaluation: demandOutput(gate, 'evaluation'), gate };
}
