import { shortDigest } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';
import type { TrustedKey } from '../gate/evidence.ts';
import { type DeploymentResult, type DeploymentTarget, readCurrentDeployment } from '../gitops/deployment.ts';
import type { GitHost } from '../ports/git-host.ts';
import type { ModelRegistry, VersionRecord } from '../ports/model-registry.ts';
import { deployVersion, type ReleasePorts, requireVersion } from '../rollout/deploy-version.ts';
import { deploymentTargetOf } from '../rollout/deployment-target.ts';
import { rollBack } from '../rollout/roll-back.ts';
import type { Check } from '../verdict/verdict.ts';
import { buildVerdict, type StepContext, type StepResult } from './step.ts';

export interface DeployInputs {
  /** A number, or the last version that was live and healthy before the present one. */
  readonly version: number | 'last-healthy';
  readonly environment: string;
  /** One line for the commit message. */
  readonly reason: string | undefined;
  readonly dryRun: boolean;
}

export interface DeployPorts {
  readonly registry: ModelRegistry;
  readonly gitHost: GitHost;
  readonly trustedKeys: readonly TrustedKey[];
}

export type DeployOutputs = {
  /** The commit that pins the version. With dry-run: the head it would be put on. */
  readonly commit: string;
  /** E.g. v3; empty where nothing runs. */
  readonly version: string;
  readonly 'image-digest': string;
};

/**
 * Says in git what must run; the cluster follows. Already said: the same commit is answered again.
 * @throws UserError version-missing, version-quarantined, evidence-missing, evidence-invalid, gate-not-passed, nothing-to-roll-back,
 * branch-missing, branch-moved, overlay-missing, overlay-invalid
 */
export async function deploy(inputs: DeployInputs, context: StepContext & DeployPorts): Promise<StepResult<DeployOutputs>> {
  const { environment, dryRun, reason } = inputs;
  const { definition } = context.pipeline;
  const target = deploymentTargetOf(definition, environment);
  const ports: ReleasePorts = { ...context, model: definition.name };
  if (inputs.version !== 'last-healthy') {
    const record = await requireVersion(context.registry, inputs.version);
    const result = await deployVersion(ports, { target, record, why: reason, dryRun });
    return conclude(context, { target, record, result });
  }
  const again = await findUnverifiedRollback(context, target);
  if (again !== undefined) return conclude(context, { target, ...again });
  const from = (await readCurrentDeployment(context.gitHost, target)).state.deployed?.imageDigest;
  if (from === undefined) throw nothingToRollBack(environment, 'nothing is deployed');
  const why = reason ?? 'Rolled back on request.';
  const planned = await rollBack({ ...ports, logger: context.logger }, { target, from, why, verdict: 'manual', dryRun: true });
  // A person asked for another version, not for none: only verify-rollout stops a service.
  if (planned.to === undefined) throw nothingToRollBack(environment, 'no other version was live and healthy');
  const { deployment, to } = dryRun ? planned : await rollBack({ ...ports, logger: context.logger }, { target, from, why, verdict: 'manual', dryRun });
  return conclude(context, { target, record: to ?? planned.to, result: deployment });
}

interface Deployed {
  readonly target: DeploymentTarget;
  readonly record: VersionRecord;
  readonly result: DeploymentResult;
}

/**
 * A rollback that no rollout has verified yet is the answer to asking again: otherwise a repeated step would go back one version more each time.
 */
async function findUnverifiedRollback(context: StepContext & DeployPorts, target: DeploymentTarget): Promise<Omit<Deployed, 'target'> | undefined> {
  const { state } = await readCurrentDeployment(context.gitHost, target);
  const history = await context.gitHost.history(target.branch, 200);
  const last = history.find((entry) => entry.trailers['Environment'] === target.environment);
  const pinned = state.deployed;
  if (last?.trailers['Rolled-Back'] === undefined || pinned === undefined || last.trailers['Image-Digest'] !== pinned.imageDigest) return undefined;
  const live = await context.registry.live(target.environment);
  if (live?.imageDigest === pinned.imageDigest) return undefined;
  const record = await requireVersion(context.registry, Number(pinned.modelVersion.slice(1)));
  return { record, result: { kind: 'unchanged', commit: last.commit } };
}

function conclude(context: StepContext, { target, record, result }: Deployed): StepResult<DeployOutputs> {
  const version = `v${record.version}`;
  if (result.kind === 'superseded') {
    throw new UserError('branch-moved', `${target.branch} was changed by someone else, who deployed ${result.state.deployed?.modelVersion ?? 'nothing'} in ${target.environment}`, {
      hint: 'Look at the branch’s history and deploy again if that is still wanted.',
    });
  }
  if (result.kind === 'planned' || result.kind === 'committed') context.logger.info(result.diff);
  const said = { committed: 'deployed', unchanged: 'already deployed', planned: 'would be deployed (dry run)' }[result.kind];
  const short = result.commit.slice(0, 12);
  const checks: Check[] = [
    { id: 'evidence', title: 'Gate passed, evidence signed and bound to the digests', value: shortDigest(record.evaluation), severity: 'error', verdict: 'pass' },
    { id: 'not-quarantined', title: 'Image is not in quarantine', value: shortDigest(record.imageDigest), severity: 'error', verdict: 'pass' },
    { id: 'commit', title: `Commit is on ${target.branch}`, value: short, severity: 'error', verdict: result.kind === 'planned' ? 'skipped' : 'pass', message: said },
  ];
  return {
    verdict: buildVerdict(context, {
      step: 'deploy',
      summary: `${record.model} ${version} ${said} in ${target.environment} by commit ${short}`,
      subjects: { in: { version, image: record.imageDigest, evaluation: record.evaluation }, out: { commit: result.commit } },
      checks,
    }),
    outputs: { commit: result.commit, version, 'image-digest': record.imageDigest },
  };
}

function nothingToRollBack(environment: string, why: string): UserError {
  return new UserError('nothing-to-roll-back', `nothing to roll back to in ${environment}: ${why}`, { hint: 'Deploy a version by its number.' });
}
