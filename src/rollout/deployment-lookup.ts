import { UserError } from '../errors.ts';
import { type DeploymentTarget, readCurrentDeployment, readDeployment } from '../gitops/deployment.ts';
import type { DeployedImage } from '../gitops/overlay.ts';
import type { GitHost } from '../ports/git-host.ts';

/** What the overlay pins at commits that are looked at again and again. A commit never changes, so each is read once. */
export class DeploymentLookup {
  private readonly gitHost: GitHost;
  private readonly target: DeploymentTarget;
  private readonly known = new Map<string, DeployedImage | undefined>();

  constructor(gitHost: GitHost, target: DeploymentTarget) {
    this.gitHost = gitHost;
    this.target = target;
  }

  /** At the branch's head. @throws UserError branch-missing, overlay-missing, overlay-invalid */
  async current(): Promise<DeployedImage | undefined> {
    const head = await this.gitHost.head(this.target.branch);
    if (head !== undefined && this.known.has(head)) return this.known.get(head);
    const read = await readCurrentDeployment(this.gitHost, this.target);
    this.known.set(read.head, read.state.deployed);
    return read.state.deployed;
  }

  /** At the commit that the cluster applied. One that cannot be read proves nothing, so it counts as nothing applied. */
  async applied(commit: string | undefined): Promise<DeployedImage | undefined> {
    if (commit === undefined || this.known.has(commit)) return this.known.get(commit ?? '');
    try {
      const { state } = await readDeployment(this.gitHost, this.target, commit);
      this.known.set(commit, state.deployed);
      return state.deployed;
    } catch (error) {
      if (error instanceof UserError) return undefined;
      throw error;
    }
  }
}
