import { demandOutput, playStep, type StepRecord, type Story } from './story.ts';

export interface Release {
  readonly scene: string;
  readonly asOf: string;
  readonly candidate: string;
  readonly evaluation: string;
  /** Variables baked into the image: only ever a labelled, simulated fault. */
  readonly imageEnvironment?: string;
  readonly labels?: string;
}

export interface ReleaseResult {
  readonly version: string;
  readonly commit: string;
  readonly rollout: StepRecord;
}

/** Register → deploy by commit → verify: promoted, or rolled back by another commit. */
export async function releaseModel(story: Story, release: Release): Promise<ReleaseResult> {
  const { scene, asOf } = release;
  const branch = story.pipeline.definition.deployment.branch;
  const register = await playStep(story, {
    scene: `${scene}/register`,
    action: 'register',
    branch,
    asOf,
    inputs: {
      candidate: release.candidate,
      evaluation: release.evaluation,
      ...(release.imageEnvironment === undefined ? {} : { 'image-environment': release.imageEnvironment }),
      ...(release.labels === undefined ? {} : { labels: release.labels }),
    },
    accept: ['pass'],
  });
  const version = demandOutput(register, 'model-version');
  const deploy = await playStep(story, { scene: `${scene}/deploy`, action: 'deploy', branch, asOf, inputs: { version }, accept: ['pass'] });
  const commit = demandOutput(deploy, 'commit');
  const rollout = await playStep(story, {
    scene: `${scene}/verify-rollout`,
    action: 'verify-rollout',
    branch,
    asOf,
    inputs: { version, commit },
    accept: ['pass', 'fail', 'inconclusive'],
  });
  return { version, commit, rollout };
}
