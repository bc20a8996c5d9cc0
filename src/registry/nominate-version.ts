import { UserError } from '../errors.ts';
import type { ModelRegistry, VersionRecord } from '../ports/model-registry.ts';
import { corrupt } from './sealed-record.ts';

/** More writers than ever meet: beyond it, nominations are missing that the pointer knows of. */
const attempts = 50;

/**
 * Makes a registered version the challenger of each environment, unless it or a newer one is it already, was live there or is quarantined.
 * Whenever somebody else was faster, looks again: each time round, a newer version has come.
 * @throws UserError registry-corrupt
 */
export async function nominateVersion(registry: ModelRegistry, record: VersionRecord, environments: readonly string[]): Promise<void> {
  if ((await registry.quarantined(record.imageDigest)) !== undefined) return;
  for (const environment of environments) {
    for (let attempt = 1; await mayChallenge(registry, record, environment); attempt += 1) {
      if (attempt > attempts) throw corrupt(`the challengers of ${record.model} in ${environment}`, 'are fewer than their pointer says');
      const expectedEpoch = (await registry.challengers(environment)).at(-1)?.epoch ?? 0;
      // The moment of the registration, whenever this runs again: the same entry as if nothing had gone wrong.
      const nominated = await registry.nominate({ environment, version: record.version, expectedEpoch, at: record.registeredAt }).catch(quarantinedMeanwhile);
      if (nominated === 'quarantined') return;
      if (nominated !== undefined) break;
    }
  }
}

/** Between the look and the nomination: then it challenges nobody, as if it had been so from the start. */
function quarantinedMeanwhile(error: unknown): 'quarantined' {
  if (error instanceof UserError && error.code === 'version-quarantined') return 'quarantined';
  throw error;
}

async function mayChallenge(registry: ModelRegistry, { version }: VersionRecord, environment: string): Promise<boolean> {
  const challenger = await registry.challenger(environment);
  if (challenger !== undefined && challenger.version >= version) return false;
  return (await registry.history(environment)).every((event) => event.version < version);
}
