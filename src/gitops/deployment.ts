import type { Digest } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { GitHost } from '../ports/git-host.ts';
import type { CommitMessage } from './commit-message.ts';
import { lineDiff } from './line-diff.ts';
import { type OverlaySource, type OverlayState, readOverlay } from './overlay.ts';

/** Where an environment's deployment is written. */
export interface DeploymentTarget {
  readonly branch: string;
  readonly environment: string;
  /** Folder of the kustomize base and overlays in the repository. */
  readonly manifests: string;
  readonly image: string;
}

export interface DeploymentAttempt {
  readonly head: string;
  readonly source: OverlaySource;
  readonly state: OverlayState;
}

/** What to do with the overlay as it stands now. Asked again whenever the branch moved, so preconditions are always checked against what is overwritten. */
export type DeploymentPlan =
  | { readonly kind: 'write'; readonly text: string; readonly message: CommitMessage }
  /** The overlay already says so. */
  | { readonly kind: 'unchanged'; readonly imageDigest: Digest | undefined }
  /** Someone else decided otherwise in the meantime. */
  | { readonly kind: 'superseded' };

export type DeploymentResult =
  | { readonly kind: 'committed'; readonly commit: string; readonly diff: string }
  | { readonly kind: 'unchanged'; readonly commit: string }
  | { readonly kind: 'planned'; readonly commit: string; readonly diff: string }
  | { readonly kind: 'superseded'; readonly commit: string; readonly state: OverlayState };

export interface DeploymentPorts {
  readonly gitHost: GitHost;
  readonly clock: Clock;
}

const attempts = 10;

export function overlayPath(target: DeploymentTarget): string {
  return `${target.manifests}/overlays/${target.environment}/kustomization.yaml`;
}

/**
 * The overlay at a commit.
 * @throws UserError overlay-missing, overlay-invalid
 */
export async function readDeployment(gitHost: GitHost, target: DeploymentTarget, commit: string): Promise<DeploymentAttempt> {
  const path = overlayPath(target);
  const text = await gitHost.readFile(commit, path);
  if (text === undefined) {
    throw new UserError('overlay-missing', `no ${path} at commit ${commit.slice(0, 12)} of ${target.branch}`, {
      hint: `Add an overlay for ${target.environment}, like the others beside it, and commit it to ${target.branch}.`,
    });
  }
  const source = { path, text, image: target.image };
  return { head: commit, source, state: readOverlay(source) };
}

/**
 * Reads the overlay at the branch's head. @throws UserError branch-missing, overlay-missing, overlay-invalid
 */
export async function readCurrentDeployment(gitHost: GitHost, target: DeploymentTarget): Promise<DeploymentAttempt> {
  const head = await gitHost.head(target.branch);
  if (head === undefined) {
    throw new UserError('branch-missing', `there is no branch ${target.branch} to deploy to`, { hint: 'Push the branch named in deployment.branch of pipeline.yaml.' });
  }
  return readDeployment(gitHost, target, head);
}

/**
 * One change of an environment, as one commit: read, plan, compare-and-swap, and again from the start where the branch moved. Never forced.
 * @throws UserError branch-missing, branch-moved, overlay-missing, overlay-invalid
 */
export async function writeDeployment(
  ports: DeploymentPorts,
  target: DeploymentTarget,
  options: { readonly plan: (attempt: DeploymentAttempt) => Promise<DeploymentPlan> | DeploymentPlan; readonly dryRun?: boolean },
): Promise<DeploymentResult> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (attempt > 0) await ports.clock.sleep(50 * attempt);
    const current = await readCurrentDeployment(ports.gitHost, target);
    const plan = await options.plan(current);
    if (plan.kind === 'superseded') return { kind: 'superseded', commit: current.head, state: current.state };
    if (plan.kind === 'unchanged') return { kind: 'unchanged', commit: await deploymentCommitOf(ports.gitHost, target, current) };
    const diff = lineDiff(current.source.path, current.source.text, plan.text);
    if (options.dryRun === true) return { kind: 'planned', commit: current.head, diff };
    const { subject, body, trailers } = plan.message;
    const result = await ports.gitHost.commitFiles({
      branch: target.branch,
      expectedHead: current.head,
      changes: [{ path: current.source.path, text: plan.text }],
      subject,
      ...(body === undefined ? {} : { body }),
      ...(trailers === undefined ? {} : { trailers }),
    });
    if (result.kind === 'committed') return { kind: 'committed', commit: result.commit, diff };
    if (result.kind === 'unchanged') return { kind: 'unchanged', commit: result.commit };
  }
  throw new UserError('branch-moved', `${target.branch} moved ${attempts} times while ${overlayPath(target)} was being changed`, {
    hint: 'Others write to the branch all the time; run the step again when it is quieter.',
  });
}

/** The commit that put the present image there: a repeated deploy gives the same answer even where other commits came later. */
async function deploymentCommitOf(gitHost: GitHost, target: DeploymentTarget, current: DeploymentAttempt): Promise<string> {
  const digest = current.state.deployed?.imageDigest;
  const history = await gitHost.history(target.branch, 200);
  const change = history.find((entry) => {
    if (entry.trailers['Environment'] !== target.environment) return false;
    return digest === undefined ? entry.trailers['Rolled-Back'] !== undefined : entry.trailers['Image-Digest'] === digest;
  });
  return change?.commit ?? current.head;
}
