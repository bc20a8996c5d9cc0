import { shortDigest } from '../artifacts/digest.ts';
import type { Check } from '../verdict/verdict.ts';
import type { RolloutLimits, RolloutObservations } from './observations.ts';

/** Has the cluster applied a commit that pins the image? The answer alone never speaks against the image. */
export function checkAppliedCommit({ cluster, applied, expected }: RolloutObservations): Check {
  const base = { id: 'applied-commit', title: 'Commit applied by the cluster', severity: 'error' as const, threshold: `pins ${shortDigest(expected.imageDigest)}` };
  if ('unreachable' in cluster) return { ...base, value: null, verdict: 'inconclusive', message: cluster.unreachable, remedy: 'Check that the cluster can be reached.' };
  const value = cluster.appliedCommit?.slice(0, 12) ?? null;
  if (applied?.imageDigest === expected.imageDigest) return { ...base, value, verdict: 'pass' };
  const message = applied === undefined ? 'no commit that pins an image was applied yet' : `the applied commit pins ${shortDigest(applied.imageDigest)}`;
  return { ...base, value, verdict: 'inconclusive', message: cluster.reconcileError ?? message, remedy: 'Look at the reconciler: it does not follow the branch.' };
}

/** All desired pods ready at the digest, and no other pod left. */
export function checkPodsReady(observations: RolloutObservations, limits: RolloutLimits): Check {
  const { cluster, applied, expected, gaveUp, readyDeadlinePassed } = observations;
  const base = { id: 'pods-ready', title: 'Pods ready at the committed image', severity: 'error' as const, threshold: `all within ${limits.readyDeadline / 1000} s` };
  if ('unreachable' in cluster) return { ...base, value: null, verdict: 'inconclusive', message: cluster.unreachable };
  const ready = readyPods(observations);
  const others = cluster.pods.filter((pod) => pod.imageDigest !== expected.imageDigest).length;
  const value = `${ready} of ${cluster.desiredReplicas}`;
  if (allReady(observations)) return { ...base, value, verdict: 'pass' };
  const reason = cluster.reconcileError ?? cluster.pods.find((pod) => !pod.ready)?.reason ?? (others > 0 ? `${others} pods of another image still run` : 'pods are starting');
  const failed = applied?.imageDigest === expected.imageDigest && (gaveUp || readyDeadlinePassed);
  return { ...base, value, verdict: failed ? 'fail' : 'inconclusive', message: reason, remedy: 'Read the log of the pod that is not ready.' };
}

export function allReady(observations: Pick<RolloutObservations, 'cluster' | 'expected'>): boolean {
  const { cluster } = observations;
  if ('unreachable' in cluster || cluster.desiredReplicas === 0) return false;
  return cluster.pods.length === cluster.desiredReplicas && readyPods(observations) === cluster.desiredReplicas;
}

function readyPods({ cluster, expected }: Pick<RolloutObservations, 'cluster' | 'expected'>): number {
  return 'unreachable' in cluster ? 0 : cluster.pods.filter((pod) => pod.ready && pod.imageDigest === expected.imageDigest).length;
}

/** Served model = commit = registry. */
export function checkModelDigest({ applied, answers, expected }: RolloutObservations): Check {
  const base = { id: 'model-digest', title: 'Served model = commit = registry', severity: 'error' as const, threshold: shortDigest(expected.modelDigest) };
  const served = Object.keys(answers.models).sort();
  const value = served.length === 0 ? null : served.map(shortDigest).join(', ');
  if (applied?.imageDigest === expected.imageDigest && applied.modelDigest !== expected.modelDigest) {
    return { ...base, value, verdict: 'fail', message: `the commit names model ${shortDigest(applied.modelDigest)}`, remedy: 'Deploy again: the overlay was changed by hand.' };
  }
  const stranger = served.find((digest) => digest !== expected.modelDigest);
  if (stranger !== undefined) return { ...base, value, verdict: 'fail', message: `${answers.models[stranger]} answers came from model ${shortDigest(stranger)}`, remedy: 'Register the version again.' };
  if (served.length === 0 || applied === undefined) return { ...base, value, verdict: 'inconclusive', message: 'no answer named its model yet' };
  return { ...base, value, verdict: 'pass' };
}
