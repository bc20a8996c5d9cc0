import type { ArtifactStore } from '../../src/ports/artifact-store.ts';
import type { PromoteRequest } from '../../src/ports/model-registry.ts';
import { StoreModelRegistry } from '../../src/adapters/model-registry/store.ts';

/** The moment at which everything in these registries happens. */
export const registryMoment = '2013-06-01T00:00:00.000Z';

export function registryOn(store: ArtifactStore): StoreModelRegistry {
  return new StoreModelRegistry({ store, model: 'flight-delay', clock: { now: () => Date.parse(registryMoment), sleep: async () => undefined } });
}

export function promotion(version: number, expectedEpoch: number): PromoteRequest {
  return { environment: 'local', version, expectedEpoch, commit: `commit${version}`, at: registryMoment };
}
