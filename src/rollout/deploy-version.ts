import { UserError } from '../errors.ts';
import type { TrustedKey } from '../gate/evidence.ts';
import { deploymentCommit } from '../gitops/deployment-commit.ts';
import { type DeploymentAttempt, type DeploymentPlan, type DeploymentResult, type DeploymentTarget, writeDeployment } from '../gitops/deployment.ts';
import { pinImage } from '../gitops/edit-overlay.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { GitHost } from '../ports/git-host.ts';
import type { ModelRegistry, VersionRecord } from '../ports/model-registry.ts';
import { demandEvidence } from '../registry/demand-evidence.ts';
import { evidenceOfVersion } from '../registry/evidence-of-version.ts';

export interface ReleasePorts {
  readonly registry: ModelRegistry;
  readonly gitHost: GitHost;
  readonly trustedKeys: readonly TrustedKey[];
  readonly store: ArtifactStore;
  /** Name of the pipeline's model. */
  readonly model: string;
  readonly clock: Clock;
}

export interface DeployVersionOptions {
  readonly target: DeploymentTarget;
  readonly record: VersionRecord;
  readonly why: string | undefined;
  readonly dryRun: boolean;
}

/**
 * Pins a registered version in an environment, by one commit. Evidence and quarantine are checked again at every attempt.
 * @throws UserError evidence-missing, evidence-invalid, gate-not-passed, champion-moved, version-quarantined, branch-missing, branch-moved, overlay-missing, overlay-invalid
 */
export async function deployVersion(ports: ReleasePorts, options: DeployVersionOptions): Promise<DeploymentResult> {
  const { target, record, why, dryRun } = options;
  const statement = await demandEvidence(ports.store, evidenceOfVersion(record), ports.trustedKeys);
  const plan = async (attempt: DeploymentAttempt): Promise<DeploymentPlan> => {
    await refuseQuarantined(ports.registry, record);
    await refuseUnjudged(ports.registry, { environment: target.environment, record, championVersion: statement.championVersion });
    const message = deploymentCommit(record, { kind: 'deploy', environment: target.environment, verdict: 'pass', why, from: undefined });
    return pinVersion(attempt, record, message);
  };
  return writeDeployment(ports, target, { plan, dryRun });
}

/** The change that pins the version, or that there is none to make. */
export function pinVersion(attempt: DeploymentAttempt, record: VersionRecord, message: Extract<DeploymentPlan, { kind: 'write' }>['message']): DeploymentPlan {
  const deployed = { imageDigest: record.imageDigest, modelVersion: `v${record.version}`, modelDigest: record.modelDigest };
  const text = pinImage(attempt.source, { repository: record.imageRepository, deployed });
  return text === attempt.source.text ? { kind: 'unchanged', imageDigest: record.imageDigest } : { kind: 'write', text, message };
}

/** @throws UserError version-missing */
export async function requireVersion(registry: ModelRegistry, version: number): Promise<VersionRecord> {
  const record = await registry.version(version);
  if (record !== undefined) return record;
  const known = (await registry.versions()).map((entry) => `v${entry.version}`);
  throw new UserError('version-missing', `there is no version v${version}; registered: ${known.length === 0 ? 'none' : known.join(', ')}`, {
    hint: 'Pass the version that register put out, and the same store.',
  });
}

/**
 * A gate's yes is a yes against one champion. Where another version is live by now, the model has not been compared with what it would replace; one
 * that was live here before, and the live model in another image, need no comparison.
 */
async function refuseUnjudged(registry: ModelRegistry, { environment, record, championVersion }: { environment: string; record: VersionRecord; championVersion: number | undefined }): Promise<void> {
  const live = await registry.live(environment);
  if (live === undefined || live.version === record.version || live.version === championVersion) return;
  if ((await registry.history(environment)).some(({ version }) => version === record.version)) return;
  if ((await registry.version(live.version))?.modelDigest === record.modelDigest) return;
  const against = championVersion === undefined ? 'without a champion' : `against v${championVersion}`;
  throw new UserError('champion-moved', `version v${record.version} was judged ${against}, but v${live.version} is live in ${environment}`, {
    hint: 'Run evaluate-gate again with champion: live, then register and deploy what it passes.',
  });
}

async function refuseQuarantined(registry: ModelRegistry, record: VersionRecord): Promise<void> {
  const entry = await registry.quarantined(record.imageDigest);
  if (entry === undefined) return;
  throw new UserError('version-quarantined', `version v${record.version} is in quarantine since ${entry.at}: ${entry.reason}`, {
    hint: 'Register and deploy a new version; an image that failed is never deployed again.',
  });
}
