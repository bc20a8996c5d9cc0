import type { Digest } from '../artifacts/digest.ts';
import type { RolloutState } from '../ports/cluster-view.ts';
import type { MetricAnswer } from '../ports/metric-source.ts';
import type { AnswerTally } from './answer-tally.ts';

/** Everything a rollout is judged by, gathered before it is judged. */
export interface RolloutObservations {
  /** What must run: the registry's word. */
  readonly expected: { readonly imageDigest: Digest; readonly modelDigest: Digest };
  /** The cluster's word, or why it gave none. */
  readonly cluster: RolloutState | { readonly unreachable: string };
  /** What the overlay pins at the commit that the cluster applied; undefined where it pins nothing or nothing was applied. */
  readonly applied: { readonly imageDigest: Digest; readonly modelDigest: Digest } | undefined;
  /** The cluster has said for more than one look that it cannot bring the commit up. */
  readonly gaveUp: boolean;
  readonly readyDeadlinePassed: boolean;
  /** Over the pods of the image, since the golden requests began. */
  readonly latency: MetricAnswer;
  readonly errorRate: MetricAnswer;
  readonly answers: AnswerTally;
}

export interface RolloutLimits {
  /** Milliseconds. */
  readonly readyDeadline: number;
  /** Seconds. */
  readonly latencyP95: number;
  /** Share. */
  readonly errorRate: number;
  /** Largest relative difference of served and accepted mean score and positive rate. */
  readonly distributionTolerance: number;
  /** Largest absolute difference of a served and an accepted score. */
  readonly scoreTolerance: number;
  readonly minimumRequests: number;
}
