import { UserError } from '../../src/errors.ts';
import { type DeploymentTarget, readDeployment } from '../../src/gitops/deployment.ts';
import type { OverlayState } from '../../src/gitops/overlay.ts';
import type { GitHost } from '../../src/ports/git-host.ts';
import type { DesiredPods } from './rolling-pods.ts';

export interface ReconcilerOptions {
  readonly gitHost: GitHost;
  readonly target: DeploymentTarget;
  /** Makes the image ready to run. Throws where it cannot be had. */
  readonly prepare: (imageDigest: string) => Promise<void>;
  readonly apply: (desired: DesiredPods) => void;
  /** For every pod, beside what the overlay says. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What Flux does for this environment: looks at the branch, and makes what the overlay says at its head the desired state. */
export class Reconciler {
  appliedCommit: string | undefined;
  error: string | undefined;
  private readonly options: ReconcilerOptions;

  constructor(options: ReconcilerOptions) {
    this.options = options;
  }

  /** Never throws: a commit that cannot be applied leaves what runs alone, is reported, and is tried again. */
  async poll(): Promise<void> {
    const { gitHost, target, prepare, apply } = this.options;
    try {
      const head = await gitHost.head(target.branch);
      if (head === undefined || head === this.appliedCommit) {
        this.error = head === undefined ? `there is no branch ${target.branch}` : undefined;
        return;
      }
      const { state } = await readDeployment(gitHost, target, head);
      if (state.deployed !== undefined) await prepare(state.deployed.imageDigest);
      apply(this.desired(state));
      this.appliedCommit = head;
      this.error = undefined;
    } catch (error) {
      this.error = error instanceof UserError ? error.message : String(error);
    }
  }

  private desired(state: OverlayState): DesiredPods {
    const { deployed, replicas } = state;
    if (deployed === undefined) return { template: undefined, replicas: 0 };
    const environment = {
      ...this.options.environment,
      MODEL_VERSION: deployed.modelVersion,
      MODEL_DIGEST: deployed.modelDigest,
      IMAGE_DIGEST: deployed.imageDigest,
    };
    return { template: { key: JSON.stringify([deployed.imageDigest, environment]), imageDigest: deployed.imageDigest, environment }, replicas };
  }
}
