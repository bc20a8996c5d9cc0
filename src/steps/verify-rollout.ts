import { shortDigest } from '../artifacts/digest.ts';
import type { TrustedKey } from '../gate/evidence.ts';
import { UserError } from '../errors.ts';
import { type DeploymentTarget, readCurrentDeployment, readDeployment } from '../gitops/deployment.ts';
import type { ClusterView } from '../ports/cluster-view.ts';
import type { GitHost } from '../ports/git-host.ts';
import type { MetricSource } from '../ports/metric-source.ts';
import type { ModelMirror } from '../ports/model-mirror.ts';
import type { ModelRegistry, VersionRecord } from '../ports/model-registry.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { AskService } from '../rollout/ask-service.ts';
import { rolloutLimits } from '../rollout/decide.ts';
import { demandEvidence } from '../registry/demand-evidence.ts';
import { evidenceOfVersion } from '../registry/evidence-of-version.ts';
import { tellMirror } from '../registry/tell-mirror.ts';
import { requireVersion } from '../rollout/deploy-version.ts';
import { deploymentTargetOf } from '../rollout/deployment-target.ts';
import { promoteVersion } from '../rollout/promote.ts';
import { readGolden } from '../rollout/read-golden.ts';
import { rollBack } from '../rollout/roll-back.ts';
import { settleRollback } from '../rollout/settle-rollback.ts';
import { watchRollout } from '../rollout/watch-rollout.ts';
import { formatNumber } from '../report/format-number.ts';
import type { Check, Outcome } from '../verdict/verdict.ts';
import { buildVerdict, type StepContext, type StepResult } from './step.ts';

export interface VerifyRolloutInputs {
  readonly version: number;
  readonly environment: string;
  /** The deployment commit; the head of the deployment branch where undefined. */
  readonly commit: string | undefined;
  /** Judges and changes nothing. */
  readonly dryRun: boolean;
}

export interface VerifyRolloutPorts {
  readonly registry: ModelRegistry;
  readonly gitHost: GitHost;
  readonly cluster: ClusterView;
  readonly metrics: MetricSource;
  readonly ask: AskService;
  readonly notifiers: readonly Notifier[];
  readonly trustedKeys: readonly TrustedKey[];
  readonly mirror?: ModelMirror | undefined;
}

export type RolloutResult =
  | 'promoted'
  | 'rolled-back'
  /** Failed with no version to fall back to: no pods run. */
  | 'stopped'
  /** Somebody deployed something else meanwhile; nothing was touched. */
  | 'superseded'
  /** Dry run. */
  | 'judged';

export type VerifyRolloutOutputs = {
  readonly result: RolloutResult;
  /** The commit that the environment follows now. */
  readonly commit: string;
};

type Context = StepContext & VerifyRolloutPorts;

interface Rollout {
  readonly target: DeploymentTarget;
  readonly record: VersionRecord;
  readonly commit: string;
}

interface Judgement {
  readonly outcome: Outcome;
  readonly checks: readonly Check[];
  /** Where it is not in the checks. */
  readonly why?: string;
}

/**
 * Watches a rollout until it is proved, then makes it live; otherwise goes back by another commit. Only an image that failed is quarantined:
 * what could not be measured by the deadline is rolled back and may be tried again.
 * Safe to run again at any point, and harmless where somebody has deployed something else meanwhile.
 * @throws UserError version-missing, evidence-missing, evidence-invalid, gate-not-passed, artifact-missing, branch-missing, branch-moved, overlay-missing, overlay-invalid
 */
export async function verifyRollout(inputs: VerifyRolloutInputs, context: Context): Promise<StepResult<VerifyRolloutOutputs>> {
  const { definition } = context.pipeline;
  const target = deploymentTargetOf(definition, inputs.environment);
  const record = await requireVersion(context.registry, inputs.version);
  await demandEvidence(context.store, evidenceOfVersion(record), context.trustedKeys);
  const current = await readCurrentDeployment(context.gitHost, target);
  const rollout = { target, record, commit: inputs.commit ?? current.head };
  if (inputs.commit !== undefined) await refuseOtherCommit(context, rollout);
  const quarantine = await context.registry.quarantined(record.imageDigest);
  if (quarantine !== undefined) {
    const check: Check = { id: 'quarantine', title: 'Image is not in quarantine', value: quarantine.at, severity: 'error', verdict: 'fail', message: quarantine.reason };
    if (inputs.dryRun) return conclude(context, rollout, { outcome: 'fail', checks: [check], result: 'judged', summary: 'is in quarantine and would not be promoted (dry run)', commit: rollout.commit });
    // An earlier run judged it and may have died before it had undone everything.
    return goBack(context, rollout, { outcome: 'fail', checks: [check], why: quarantine.reason });
  }
  const evaluation = await context.artifacts.read('evaluation', record.evaluation);
  const golden = readGolden(await context.artifacts.json(evaluation, 'golden.json'));
  const limits = rolloutLimits(definition.verification);
  const watched = await context.logger.group(`Watching v${record.version} in ${inputs.environment}`, () =>
    watchRollout(context, { target, record, golden, limits, pollInterval: definition.verification['poll-interval'] }),
  );
  if (watched.kind === 'superseded') {
    // Perhaps an earlier run of this very step wrote that, and died before it had seen it through.
    const undone = await findRollback(context, rollout);
    return undone === undefined || inputs.dryRun ? supersede(context, rollout, []) : goBack(context, rollout, { outcome: 'inconclusive', checks: [], why: undone });
  }
  if (inputs.dryRun) return conclude(context, rollout, { ...watched, result: 'judged', summary: `would be ${watched.outcome === 'pass' ? 'promoted' : 'rolled back'} (dry run)`, commit: rollout.commit });
  return watched.outcome === 'pass' ? promote(context, rollout, watched) : goBack(context, rollout, watched);
}

async function promote(context: Context, rollout: Rollout, judgement: Judgement): Promise<StepResult<VerifyRolloutOutputs>> {
  const { target, record, commit } = rollout;
  const stillPinned = async (): Promise<boolean> => (await readCurrentDeployment(context.gitHost, target)).state.deployed?.imageDigest === record.imageDigest;
  const live = await promoteVersion(context.registry, { target, record, commit, at: isoTime(context) }, stillPinned);
  if (live === undefined) return supersede(context, rollout, judgement.checks);
  const summary = `is live in ${target.environment}`;
  await tell(context, rollout, { severity: 'info', resolved: true, title: `${record.model} v${record.version} ${summary}`, text: `Verified at commit ${commit.slice(0, 12)}.` });
  const notes = await tellMirror(context);
  return conclude(context, rollout, { ...judgement, result: 'promoted', summary, commit, notes });
}

async function goBack(context: Context, rollout: Rollout, judgement: Judgement): Promise<StepResult<VerifyRolloutOutputs>> {
  const { target, record } = rollout;
  const { definition } = context.pipeline;
  const why = judgement.why ?? describe(judgement);
  if (judgement.outcome === 'fail') {
    await context.registry.quarantine({ imageDigest: record.imageDigest, version: record.version, reason: why, at: isoTime(context) });
  }
  const ports = { ...context, model: definition.name };
  const { deployment, to } = await rollBack(ports, { target, from: record.imageDigest, why, verdict: judgement.outcome, dryRun: false });
  if (deployment.kind === 'superseded') return supersede(context, rollout, judgement.checks);
  const { 'ready-deadline': deadline, 'poll-interval': pollInterval } = definition.verification;
  const settled = await settleRollback(ports, { target, to, commit: deployment.commit, at: isoTime(context), deadline, pollInterval });
  const action = to === undefined ? 'was stopped: there is no earlier version to roll back to' : `was rolled back to v${to.version}`;
  const summary = `${action} in ${target.environment}: ${why}`;
  await tell(context, rollout, {
    severity: 'critical',
    resolved: false,
    title: `${record.model} v${record.version} ${action}`,
    text: `${why}\n${settled.title}: ${settled.verdict === 'pass' ? 'yes' : (settled.message ?? settled.verdict)}.`,
  });
  const result = to === undefined ? 'stopped' : 'rolled-back';
  const notes = await tellMirror(context);
  return conclude(context, rollout, { outcome: judgement.outcome, checks: [...judgement.checks, settled], result, summary, commit: deployment.commit, notes });
}

/** What is verified goes into the registry with its commit: a commit of another image would leave a false trail. */
async function refuseOtherCommit({ gitHost }: Context, { target, record, commit }: Rollout): Promise<void> {
  const { state } = await readDeployment(gitHost, target, commit);
  if (state.deployed?.imageDigest === record.imageDigest) return;
  throw new UserError('input-invalid', `commit ${commit.slice(0, 12)} deploys ${state.deployed === undefined ? 'nothing' : state.deployed.imageDigest} in ${target.environment}, not v${record.version} (${record.imageDigest})`, {
    hint: 'Pass the commit that deploy put out for this version.',
  });
}

/** Why the environment's last deployment commit took this image out, where it did. */
async function findRollback(context: Context, { target, record }: Rollout): Promise<string | undefined> {
  const history = await context.gitHost.history(target.branch, 200);
  const last = history.find((entry) => entry.trailers['Environment'] === target.environment);
  return last?.trailers['Rolled-Back'] === record.imageDigest ? `rolled back by an earlier run (${last.subject})` : undefined;
}

async function supersede(context: Context, rollout: Rollout, checks: readonly Check[]): Promise<StepResult<VerifyRolloutOutputs>> {
  const { head, state } = await readCurrentDeployment(context.gitHost, rollout.target);
  const summary = `is no longer what ${rollout.target.branch} pins in ${rollout.target.environment} (${state.deployed?.modelVersion ?? 'nothing'}); nothing was changed`;
  return conclude(context, rollout, { outcome: 'inconclusive', checks, result: 'superseded', summary, commit: head });
}

function conclude(context: Context, { record, commit }: Rollout, end: Judgement & { result: RolloutResult; summary: string; commit: string; notes?: readonly string[] }): StepResult<VerifyRolloutOutputs> {
  return {
    verdict: buildVerdict(context, {
      step: 'verify-rollout',
      summary: `${record.model} v${record.version} ${end.summary}`,
      subjects: { in: { version: `v${record.version}`, image: record.imageDigest, model: record.modelDigest, commit }, out: { commit: end.commit } },
      checks: end.checks,
      verdict: end.outcome,
      ...(end.notes === undefined || end.notes.length === 0 ? {} : { notes: end.notes }),
    }),
    outputs: { result: end.result, commit: end.commit },
  };
}

/** One message per image and environment, however often the step runs. */
async function tell(context: Context, { target, record }: Rollout, message: { severity: 'info' | 'critical'; resolved: boolean; title: string; text: string }): Promise<void> {
  const key = `rollout/${target.environment}/${shortDigest(record.imageDigest)}`;
  for (const notifier of context.notifiers) {
    await notifier.notify({ key, links: [], ...message }).catch((error: unknown) => context.logger.warn(`${notifier.name} could not be told: ${String(error)}`));
  }
}

function describe({ checks, outcome }: Judgement): string {
  const wanted = outcome === 'fail' ? 'fail' : 'inconclusive';
  const reasons = checks
    .filter((check) => check.severity === 'error' && check.verdict === wanted)
    .map((check) => `${check.title}: ${check.message ?? `${typeof check.value === 'number' ? formatNumber(check.value) : (check.value ?? 'not measured')}${check.unit === undefined ? '' : ` ${check.unit}`}, allowed ${check.threshold ?? ''}`}`);
  return reasons.join('; ').replace(/\s+/g, ' ').slice(0, 500);
}

function isoTime(context: StepContext): string {
  return new Date(context.asOf).toISOString();
}
