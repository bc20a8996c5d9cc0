import { shortDigest } from '../artifacts/digest.ts';
import type { VersionRecord } from '../ports/model-registry.ts';
import type { CommitMessage } from './commit-message.ts';

export interface DeploymentReason {
  readonly kind: 'deploy' | 'rollback';
  readonly environment: string;
  /** Of the gate that let the version pass; a rollback repeats what was proved then. */
  readonly verdict: string;
  /** One sentence; always given for a rollback. */
  readonly why: string | undefined;
  /** The image a rollback leaves. */
  readonly from: string | undefined;
}

/** What a deployment commit says. The trailers are read by machines: they name everything the commit was decided on. */
export function deploymentCommit(record: VersionRecord, reason: DeploymentReason): CommitMessage {
  const version = `v${record.version}`;
  const verb = reason.kind === 'deploy' ? 'Deploy' : 'Roll back to';
  return {
    subject: `${verb} ${record.model} ${version} in ${reason.environment}`,
    body: reason.why,
    trailers: {
      'Model-Version': version,
      'Image-Digest': record.imageDigest,
      'Model-Digest': record.modelDigest,
      Evaluation: record.evaluation,
      Verdict: reason.verdict,
      Environment: reason.environment,
      ...(reason.from === undefined ? {} : { 'Rolled-Back': reason.from }),
    },
  };
}

/** The commit of a rollback that found no version to fall back to. */
export function scaleToZeroCommit(model: string, reason: DeploymentReason & { readonly from: string }): CommitMessage {
  return {
    subject: `Stop ${model} in ${reason.environment}: no earlier version to roll back to`,
    body: `${reason.why ?? ''}\n\nImage ${shortDigest(reason.from)} is taken out; no version was live and healthy before it.`,
    trailers: { 'Rolled-Back': reason.from, Verdict: reason.verdict, Environment: reason.environment },
  };
}
