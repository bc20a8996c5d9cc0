import type { Digest } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';
import type { DeploymentTarget } from '../gitops/deployment.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterView, RolloutState } from '../ports/cluster-view.ts';
import type { GitHost } from '../ports/git-host.ts';
import type { Logger } from '../ports/logger.ts';
import type { MetricAnswer, MetricSource } from '../ports/metric-source.ts';
import type { VersionRecord } from '../ports/model-registry.ts';
import { type Check, concludeChecks, type Outcome } from '../verdict/verdict.ts';
import type { AskService } from './ask-service.ts';
import { allReady } from './cluster-checks.ts';
import { decideRollout } from './decide.ts';
import { DeploymentLookup } from './deployment-lookup.ts';
import { GoldenTraffic } from './golden-traffic.ts';
import type { RolloutLimits, RolloutObservations } from './observations.ts';
import type { Golden } from './read-golden.ts';

export interface WatchPorts {
  readonly gitHost: GitHost;
  readonly cluster: ClusterView;
  readonly metrics: MetricSource;
  readonly ask: AskService;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface WatchOptions {
  readonly target: DeploymentTarget;
  readonly record: VersionRecord;
  readonly golden: Golden;
  readonly limits: RolloutLimits;
  /** Milliseconds between looks. */
  readonly pollInterval: number;
}

export type WatchResult =
  | { readonly kind: 'judged'; readonly outcome: Outcome; readonly checks: readonly Check[] }
  /** The branch pins something else by now: this rollout is nobody's business any more. */
  | { readonly kind: 'superseded'; readonly pinned: Digest | undefined };

const notMeasured: MetricAnswer = { kind: 'unavailable', reason: 'not measured yet' };

/**
 * Looks at a rollout until its checks agree on pass or fail, or until the time is over: then the outcome is what it is, inconclusive.
 * Changes nothing. While all pods are ready, golden requests give every check its sample.
 */
export async function watchRollout(ports: WatchPorts, options: WatchOptions): Promise<WatchResult> {
  const { clock, logger } = ports;
  const { target, record, limits } = options;
  const traffic = new GoldenTraffic(ports.ask, options.golden, limits.minimumRequests);
  const deployments = new DeploymentLookup(ports.gitHost, target);
  const started = clock.now();
  let measuring: number | undefined;
  let errors = 0;
  for (;;) {
    const pinned = (await deployments.current())?.imageDigest;
    if (pinned !== record.imageDigest) return { kind: 'superseded', pinned };
    const cluster = await lookAtCluster(ports.cluster);
    const applied = await deployments.applied('unreachable' in cluster ? undefined : cluster.appliedCommit);
    const expected = { imageDigest: record.imageDigest, modelDigest: record.modelDigest };
    const isApplied = applied?.imageDigest === record.imageDigest;
    errors = isApplied && !('unreachable' in cluster) && cluster.reconcileError !== undefined ? errors + 1 : 0;
    let latency = notMeasured;
    let errorRate = notMeasured;
    if (isApplied && !('unreachable' in cluster) && allReady({ cluster, expected })) {
      if (measuring === undefined) {
        measuring = clock.now();
        // The first look is what later windows are counted from.
        await ports.metrics.query({ metric: 'request-count', window: 0, imageDigest: record.imageDigest });
      }
      await traffic.round(cluster.serviceUrl);
      const window = clock.now() - measuring;
      latency = await ports.metrics.query({ metric: 'latency-p95', window, imageDigest: record.imageDigest });
      errorRate = await ports.metrics.query({ metric: 'error-rate', window, imageDigest: record.imageDigest });
    }
    const now = clock.now();
    const readyDeadlinePassed = measuring === undefined && now - started >= limits.readyDeadline;
    const observations: RolloutObservations = { expected, cluster, applied, gaveUp: errors >= 2, readyDeadlinePassed, latency, errorRate, answers: traffic.tally };
    const checks = decideRollout(observations, limits);
    const outcome = concludeChecks(checks);
    logger.debug(checks.map(({ id, verdict, value }) => `${id} ${verdict} ${value ?? ''}`).join(' · '));
    logger.progress('golden requests', Math.min(traffic.tally.requests, limits.minimumRequests), limits.minimumRequests);
    if (outcome !== 'inconclusive' || now - (measuring ?? started) >= limits.readyDeadline) return { kind: 'judged', outcome, checks };
    await clock.sleep(options.pollInterval);
  }
}

/** The cluster’s state, or why it gives none. */
export async function lookAtCluster(view: ClusterView): Promise<RolloutState | { readonly unreachable: string }> {
  try {
    return await view.rollout();
  } catch (error) {
    if (error instanceof UserError) return { unreachable: error.message };
    throw error;
  }
}
