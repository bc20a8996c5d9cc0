import type { Digest } from '../artifacts/digest.ts';
import { deploymentCommit, scaleToZeroCommit } from '../gitops/deployment-commit.ts';
import { type DeploymentAttempt, type DeploymentPlan, type DeploymentResult, type DeploymentTarget, writeDeployment } from '../gitops/deployment.ts';
import { unpinImage } from '../gitops/edit-overlay.ts';
import { rollbackTargets } from '../gitops/rollback-target.ts';
import type { Logger } from '../ports/logger.ts';
import type { LiveEvent, VersionRecord } from '../ports/model-registry.ts';
import { checkEvidence } from '../registry/demand-evidence.ts';
import { evidenceOfVersion } from '../registry/evidence-of-version.ts';
import { pinVersion, type ReleasePorts, requireVersion } from './deploy-version.ts';

export interface RollBackOptions {
  readonly target: DeploymentTarget;
  /** The image to get away from. Where the overlay pins another one by now, someone else decided, and nothing is written. */
  readonly from: Digest;
  readonly why: string;
  /** Outcome that led here, for the commit's trailers. */
  readonly verdict: string;
  readonly dryRun: boolean;
}

export interface RollBackResult {
  readonly deployment: DeploymentResult;
  /** Undefined: there was nothing to roll back to, and the environment has no pods now. */
  readonly to: VersionRecord | undefined;
}

/**
 * Goes back to the last version that was live and healthy, is not in quarantine and still has its evidence; to no pods at all where there is none.
 * Written by commit, as every deployment is. Repeating it changes nothing.
 * @throws UserError branch-missing, branch-moved, overlay-missing, overlay-invalid
 */
export async function rollBack(ports: ReleasePorts & { readonly logger: Logger }, options: RollBackOptions): Promise<RollBackResult> {
  const to = await chooseTarget(ports, options);
  const reason = { kind: 'rollback' as const, environment: options.target.environment, verdict: options.verdict, why: options.why, from: options.from };
  const plan = (attempt: DeploymentAttempt): DeploymentPlan => {
    const pinned = attempt.state.deployed?.imageDigest;
    if (pinned === to?.imageDigest) return { kind: 'unchanged', imageDigest: pinned };
    if (pinned !== options.from) return { kind: 'superseded' };
    if (to !== undefined) return pinVersion(attempt, to, deploymentCommit(to, reason));
    return { kind: 'write', text: unpinImage(attempt.source), message: scaleToZeroCommit(ports.model, reason) };
  };
  return { deployment: await writeDeployment(ports, options.target, { plan, dryRun: options.dryRun }), to };
}

async function chooseTarget(ports: ReleasePorts & { readonly logger: Logger }, { target, from }: RollBackOptions): Promise<VersionRecord | undefined> {
  const history = await ports.registry.history(target.environment);
  const quarantined = await quarantinedImages(ports, history);
  for (const event of rollbackTargets({ history, from, isQuarantined: (digest) => quarantined.has(digest) })) {
    const record = await requireVersion(ports.registry, event.version);
    const evidence = await checkEvidence(ports.store, evidenceOfVersion(record), ports.trustedKeys);
    if (evidence.kind === 'verified') return record;
    ports.logger.warn(`v${record.version} was live before but is no target: ${evidence.message}`);
  }
  return undefined;
}

async function quarantinedImages({ registry }: ReleasePorts, history: readonly LiveEvent[]): Promise<Set<Digest>> {
  const digests = [...new Set(history.map((event) => event.imageDigest))];
  const entries = await Promise.all(digests.map((digest) => registry.quarantined(digest)));
  return new Set(digests.filter((_, index) => entries[index] !== undefined));
}
