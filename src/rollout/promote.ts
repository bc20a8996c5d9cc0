import type { DeploymentTarget } from '../gitops/deployment.ts';
import type { LivePointer, ModelRegistry, VersionRecord } from '../ports/model-registry.ts';

export interface PromoteOptions {
  readonly target: DeploymentTarget;
  readonly record: VersionRecord;
  readonly commit: string;
  /** ISO 8601. */
  readonly at: string;
}

const attempts = 5;

/**
 * Makes a verified version the live one, by compare-and-swap on the epoch.
 * @returns undefined where somebody else was faster with another version while `stillPinned` says that the branch has moved on, too
 */
export async function promoteVersion(registry: ModelRegistry, options: PromoteOptions, stillPinned: () => Promise<boolean>): Promise<LivePointer | undefined> {
  const { target, record, commit, at } = options;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const live = await registry.live(target.environment);
    // The fence: what the branch no longer pins is not made live by a latecomer.
    if (!(await stillPinned())) return undefined;
    const promoted = await registry.promote({ environment: target.environment, version: record.version, expectedEpoch: live?.epoch ?? 0, commit, at });
    if (promoted !== undefined) return promoted;
  }
  return undefined;
}
