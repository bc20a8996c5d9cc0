/** What runs, as the cluster tells it. Read only: changes go through git. */
export interface ClusterView {
  rollout(): Promise<RolloutState>;
}

export interface RolloutState {
  /** The git commit the reconciler has applied last (Flux: lastAppliedRevision), or undefined. */
  readonly appliedCommit: string | undefined;
  /** Why the last attempt to apply failed, or undefined. */
  readonly reconcileError: string | undefined;
  readonly desiredReplicas: number;
  readonly pods: readonly Pod[];
  /** Base URL that callers use, e.g. http://127.0.0.1:41234: never routes to an unready pod. */
  readonly serviceUrl: string;
}

export interface Pod {
  readonly name: string;
  /** sha256:… of the image it runs. */
  readonly imageDigest: string;
  readonly ready: boolean;
  readonly restarts: number;
  /** Base URL of this very pod. */
  readonly url: string;
  /** Why it is not ready, or undefined. */
  readonly reason: string | undefined;
}
