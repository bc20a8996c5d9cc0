import type { ArtifactRepository } from '../artifacts/artifact.ts';
import type { Digest } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';
import type { ModelRegistry } from '../ports/model-registry.ts';
import { type Candidate, readCandidate } from './candidate.ts';

export interface Champion {
  readonly version: number;
  readonly digest: Digest;
  readonly candidate: Candidate;
}

/** What is live in the environment; undefined without one, or where nothing is live: a first run. @throws UserError artifact-missing, artifact-corrupt */
export async function readChampion(environment: string | undefined, { registry, artifacts }: { registry: ModelRegistry; artifacts: ArtifactRepository }): Promise<Champion | undefined> {
  if (environment === undefined) return undefined;
  const live = await registry.live(environment);
  if (live === undefined) return undefined;
  const version = await registry.version(live.version);
  if (version === undefined) {
    throw new UserError('artifact-missing', `version ${live.version} is live in ${environment} but not in the registry`, { hint: 'Repair the registry before judging against it.' });
  }
  return { version: version.version, digest: version.candidate, candidate: await readCandidate(artifacts, version.candidate) };
}
