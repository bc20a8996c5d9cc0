import type { ArtifactStore } from '../../ports/artifact-store.ts';
import type { ChallengerEvent, LiveEvent, LivePointer } from '../../ports/model-registry.ts';
import { challengerEventSchema, liveEventSchema, livePointerSchema } from '../../registry/record-schemas.ts';
import type { registryKeys } from '../../registry/registry-keys.ts';
import { EpochLog } from './epoch-log.ts';

interface Place {
  readonly store: ArtifactStore;
  readonly keys: ReturnType<typeof registryKeys>;
  readonly environment: string;
}

/** What is and was live in an environment. */
export function liveLog({ store, keys, environment }: Place): EpochLog<LiveEvent, LivePointer> {
  return new EpochLog({
    store,
    environment,
    keys: { pointer: keys.live(environment), entries: keys.history(environment), entry: (epoch) => keys.event(environment, epoch) },
    entrySchema: liveEventSchema,
    pointerSchema: livePointerSchema,
    pointerOf,
  });
}

/** What is and was to go live there next. Its pointer says, too, whether the last one was withdrawn. */
export function challengerLog({ store, keys, environment }: Place): EpochLog<ChallengerEvent, ChallengerEvent> {
  return new EpochLog({
    store,
    environment,
    keys: { pointer: keys.challenger(environment), entries: keys.challengers(environment), entry: (epoch) => keys.challengerEvent(environment, epoch) },
    entrySchema: challengerEventSchema,
    pointerSchema: challengerEventSchema,
    pointerOf: (event) => event,
  });
}

export function pointerOf({ environment, version, imageDigest, epoch, commit, since }: LiveEvent): LivePointer {
  return { environment, version, imageDigest, epoch, commit, since };
}
