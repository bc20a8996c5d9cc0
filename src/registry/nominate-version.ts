import type { ModelRegistry, VersionRecord } from '../ports/model-registry.ts';

/**
 * Makes a registered version the challenger of each environment, unless it or a newer one is it already, was live there or is quarantined.
 * Whenever somebody else was faster, looks again: each time round, a newer version has come.
 */
export async function nominateVersion(registry: ModelRegistry, record: VersionRecord, environments: readonly string[]): Promise<void> {
  if ((await registry.quarantined(record.imageDigest)) !== undefined) return;
  for (const environment of environments) {
    while (await mayChallenge(registry, record, environment)) {
      const expectedEpoch = (await registry.challengers(environment)).at(-1)?.epoch ?? 0;
      // The moment of the registration, whenever this runs again: the same entry as if nothing had gone wrong.
      const nominated = await registry.nominate({ environment, version: record.version, expectedEpoch, at: record.registeredAt });
      if (nominated !== undefined) break;
    }
  }
}

async function mayChallenge(registry: ModelRegistry, { version }: VersionRecord, environment: string): Promise<boolean> {
  const challenger = await registry.challenger(environment);
  if (challenger !== undefined && challenger.version >= version) return false;
  return (await registry.history(environment)).every((event) => event.version < version);
}
