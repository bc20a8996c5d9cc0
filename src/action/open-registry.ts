import { StoreModelRegistry } from '../adapters/model-registry/store.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import { systemClock } from '../ports/clock.ts';
import type { ModelRegistry } from '../ports/model-registry.ts';

/** A model's registry in a store, for commands that look at it. */
export function openRegistry(store: ArtifactStore, model: string): ModelRegistry {
  return new StoreModelRegistry({ store, model, clock: systemClock });
}
