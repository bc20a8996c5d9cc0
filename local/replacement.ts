import { runExperiment } from './experiment.ts';
import { duringTraffic } from './during-traffic.ts';
import { releaseModel } from './release.ts';
import { demandOutput, playStep, type StepRecord, type Story } from './story.ts';

export interface Proposal {
  readonly scene: string;
  readonly asOf: string;
  /** The drift check that opened or updated the pull request. */
  readonly check: StepRecord;
}

export type ReplacementResult =
  | { readonly kind: 'refused'; readonly asOf: string; readonly reason: string }
  | { readonly kind: 'live'; readonly asOf: string; readonly version: string }
  | { readonly kind: 'rolled-back'; readonly asOf: string; readonly version: string };

/** A retrain pull request is an experiment: its checks train and judge a challenger; only a proven one is merged and released. */
export async function proposeReplacement(story: Story, proposal: Proposal): Promise<ReplacementResult> {
  const { scene, asOf } = proposal;
  const branch = demandOutput(proposal.check, 'branch');
  const pullRequest = demandOutput(proposal.check, 'pull-request');
  story.console.result('note', `pull request #${pullRequest} (${branch}): its checks train a challenger`);
  const experiment = await runExperiment(story, { scene, branch, asOf, champion: 'live' });
  const main = story.pipeline.definition.deployment.branch;
  const settle = async (mode: 'refuse' | 'resolve'): Promise<void> => {
    await playStep(story, {
      scene: `${scene}/${mode}`,
      action: 'drift-check',
      branch: main,
      asOf,
      inputs: { mode, 'pull-request': pullRequest, evaluation: experiment.evaluation },
      accept: ['pass'],
    });
  };
  if (!experiment.passed) {
    await settle('refuse');
    return { kind: 'refused', asOf, reason: experiment.gate.summary };
  }
  await story.journal.scene(`${scene}/merge`, async () => {
    const host = story.gitHost(Date.parse(asOf));
    const found = await host.findPullRequest(branch);
    // A merge that was done but not journaled (the loop was killed between) is not done twice.
    if (found?.state === 'open') await host.mergePullRequest(found.number, found.head);
    story.console.result('pass', `pull request #${pullRequest} merged`);
    return { merged: true };
  });
  const release = await duringTraffic(story, scene, () =>
    releaseModel(story, { scene, asOf, candidate: experiment.candidate, evaluation: experiment.evaluation }),
  );
  if (release.rollout.verdict !== 'pass') return { kind: 'rolled-back', asOf, version: release.version };
  await settle('resolve');
  return { kind: 'live', asOf, version: release.version };
}
