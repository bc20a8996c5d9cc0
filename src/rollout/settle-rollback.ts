import type { Digest } from '../artifacts/digest.ts';
import { type DeploymentTarget, readCurrentDeployment } from '../gitops/deployment.ts';
import type { VersionRecord } from '../ports/model-registry.ts';
import type { Check } from '../verdict/verdict.ts';
import { allReady } from './cluster-checks.ts';
import type { ReleasePorts } from './deploy-version.ts';
import { DeploymentLookup } from './deployment-lookup.ts';
import { promoteVersion } from './promote.ts';
import { lookAtCluster, type WatchPorts } from './watch-rollout.ts';

export interface SettleOptions {
  readonly target: DeploymentTarget;
  /** Undefined: the environment must have no pods. */
  readonly to: VersionRecord | undefined;
  readonly commit: string;
  /** ISO 8601. */
  readonly at: string;
  /** Milliseconds. */
  readonly deadline: number;
  readonly pollInterval: number;
}

/**
 * Waits until the rollback commit is what runs, then moves the live pointer where it named the version that was left.
 * The old version was proved when it went live; here it only has to serve again.
 */
export async function settleRollback(ports: ReleasePorts & WatchPorts, options: SettleOptions): Promise<Check> {
  const { to, deadline } = options;
  const title = to === undefined ? 'No pod of the failed image runs' : `v${to.version} serves again`;
  const base = { id: 'rollback-serving', title, severity: 'error' as const, threshold: `within ${deadline / 1000} s` };
  const started = ports.clock.now();
  const deployments = new DeploymentLookup(ports.gitHost, options.target);
  for (;;) {
    const pinned = await deployments.current();
    if (pinned?.imageDigest !== to?.imageDigest) {
      return { ...base, value: null, verdict: 'skipped', message: `${pinned?.modelVersion ?? 'nothing'} was deployed meanwhile: its own verification watches it` };
    }
    const cluster = await lookAtCluster(ports.cluster);
    const stopped = !('unreachable' in cluster) && cluster.desiredReplicas === 0 && cluster.pods.length === 0;
    const serving = to === undefined ? stopped : allReady({ cluster, expected: to });
    if (serving) {
      if (to !== undefined) await followWithLive(ports, options, to);
      return { ...base, value: (ports.clock.now() - started) / 1000, unit: 's', verdict: 'pass' };
    }
    if (ports.clock.now() - started >= deadline) {
      const message = 'unreachable' in cluster ? cluster.unreachable : (cluster.reconcileError ?? cluster.pods.find((pod) => !pod.ready)?.reason ?? 'the cluster has not followed the commit');
      return { ...base, value: null, verdict: 'fail', message, remedy: 'The commit is written: look at the cluster, which does not follow it.' };
    }
    await ports.clock.sleep(options.pollInterval);
  }
}

async function followWithLive(ports: ReleasePorts, options: SettleOptions, to: VersionRecord): Promise<void> {
  const { target, commit, at } = options;
  const live = await ports.registry.live(target.environment);
  if (live === undefined || live.version === to.version) return;
  const pinned = async (): Promise<Digest | undefined> => (await readCurrentDeployment(ports.gitHost, target)).state.deployed?.imageDigest;
  await promoteVersion(ports.registry, { target, record: to, commit, at }, async () => (await pinned()) === to.imageDigest);
}
