import { join } from 'node:path';
import type { LoadedPipeline } from '../src/pipeline/load-pipeline.ts';
import type { CommandRunner } from '../src/ports/command-runner.ts';
import type { RolloutState } from '../src/ports/cluster-view.ts';
import type { GitHost } from '../src/ports/git-host.ts';
import type { ModelRegistry } from '../src/ports/model-registry.ts';
import type { NativeModules } from '../src/ports/native-modules.ts';
import type { Verdict } from '../src/verdict/verdict.ts';
import type { Console } from './console.ts';
import { checkOut } from './git-remote.ts';
import type { Journal } from './journal.ts';
import type { LoopPaths } from './paths.ts';
import type { LoopPlan } from './plan.ts';
import { type ActionOutcome, runAction } from './run-action.ts';

/** Everything a chapter needs. */
export interface Story {
  readonly paths: LoopPaths;
  readonly console: Console;
  readonly journal: Journal;
  readonly plan: LoopPlan;
  readonly reportFolder: string;
  readonly pipeline: LoadedPipeline;
  readonly commands: CommandRunner;
  readonly native: NativeModules;
  readonly registry: ModelRegistry;
  /** The forge as a person sees it, at a moment of the story. */
  gitHost(at: number): GitHost;
  /** Where the embedded cluster tells its state, and where its front answers. */
  clusterState(): Promise<RolloutState>;
  readonly clusterEndpoint: string;
  readonly serviceUrl: string;
  /** PEM of the private key that signs evidence; a secret of the repository on GitHub. */
  readonly signingKey: string;
}

export const environment = 'local';

export interface StepCall {
  /** Names the scene in the journal and the folder of its records, e.g. chapter-1/train. */
  readonly scene: string;
  readonly action: string;
  /** The branch whose checkout the action runs in. */
  readonly branch: string;
  /** The moment of the story, ISO 8601. */
  readonly asOf: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** Verdicts the story can go on from; anything else ends the loop with the action's own errors. */
  readonly accept: readonly Verdict['verdict'][];
}

export interface StepRecord {
  readonly outputs: Record<string, string>;
  readonly verdict: Verdict['verdict'];
  readonly summary: string;
}

/** One lifecycle step: checked out, run as a bundle, its verdict shown and kept. Journaled, so it runs once per story. */
export async function playStep(story: Story, call: StepCall): Promise<StepRecord> {
  return story.journal.scene(call.scene, async () => {
    const isMain = call.branch === story.pipeline.definition.deployment.branch;
    const workspace = isMain ? story.paths.workspace : story.paths.pullRequestWorkspace;
    await checkOut({ remote: story.paths.remote, branch: call.branch, folder: workspace }, story.commands);
    const outcome = await runAction({
      action: call.action,
      workspace,
      recordFolder: join(story.paths.records, call.scene),
      console: story.console,
      compileCache: story.paths.compileCache,
      inputs: { ...commonInputs(story, call.asOf), ...call.inputs },
    });
    const verdict = outcome.verdict;
    if (verdict === undefined || !call.accept.includes(verdict.verdict)) throw new StepFailed(call, outcome);
    story.console.result(verdict.verdict === 'inconclusive' ? 'note' : verdict.verdict, `${call.action}: ${verdict.summary}`);
    return { outputs: { ...outcome.outputs }, verdict: verdict.verdict, summary: verdict.summary };
  });
}

/** An action that ended as the story cannot go on from. */
export class StepFailed extends Error {
  constructor(call: StepCall, outcome: ActionOutcome) {
    const reasons = outcome.errors.length > 0 ? outcome.errors.join('\n  ') : `exit code ${outcome.exitCode}, no error line; see its log`;
    super(`${call.scene} (${call.action}) ended ${outcome.verdict?.verdict ?? 'without a verdict'}:\n  ${reasons}`);
    this.name = 'StepFailed';
  }
}

function commonInputs(story: Story, asOf: string): Record<string, string> {
  return {
    pipeline: 'pipelines/flight-delay/pipeline.yaml',
    environment,
    store: story.paths.storeUri,
    'data-root': story.paths.feed,
    'as-of': asOf,
    'git-remote': story.paths.remote,
    'cluster-endpoint': story.clusterEndpoint,
    'image-layout': story.paths.images,
  };
}

export function demandOutput(record: StepRecord, name: string): string {
  const value = record.outputs[name];
  if (value === undefined || value === '') throw new Error(`the action put out no ${name}`);
  return value;
}
