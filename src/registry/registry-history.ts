import type { OperatingPointRecord } from '../operating-point/operating-point-record.ts';
import type { ChallengerEvent, LiveEvent, ModelRegistry, QuarantineEntry, VersionRecord } from '../ports/model-registry.ts';
import type { OperatingPoints } from './operating-points.ts';

export interface EnvironmentHistory {
  readonly environment: string;
  /** Oldest first. */
  readonly events: readonly LiveEvent[];
  readonly challengers: readonly ChallengerEvent[];
}

/** All that a registry holds of a model, or held at a moment. */
export interface RegistryHistory {
  /** Oldest first. */
  readonly versions: readonly VersionRecord[];
  readonly environments: readonly EnvironmentHistory[];
  readonly quarantines: readonly QuarantineEntry[];
  /** Thresholds that were chosen after training, for each version those that came to it. */
  readonly operatingPoints: readonly OperatingPointRecord[];
}

export interface HistorySources {
  readonly registry: ModelRegistry;
  readonly operatingPoints: Pick<OperatingPoints, 'all'>;
}

/**
 * Reads, and writes nothing: pointers that lag behind their history are not asked.
 * @param only the one environment asked for; undefined: all there are
 * @throws UserError registry-corrupt
 */
export async function readRegistryHistory({ registry, operatingPoints }: HistorySources, only?: string): Promise<RegistryHistory> {
  const environments = only === undefined ? await registry.environments() : [only];
  return {
    versions: await registry.versions(),
    environments: await Promise.all(environments.map(async (environment) => ({ environment, events: await registry.history(environment), challengers: await registry.challengers(environment) }))),
    quarantines: await registry.quarantines(),
    operatingPoints: await operatingPoints.all(),
  };
}

/**
 * What was registered, live and said at the end of a moment: milliseconds since the Unix epoch. Numbers and epochs are the order of what
 * happened, and clocks of different machines are not: nothing counts as earlier than what came before it.
 */
export function historyAt(history: RegistryHistory, moment: number): RegistryHistory {
  const happened = (at: string): boolean => Date.parse(at) <= moment;
  return {
    versions: firstOf(history.versions, ({ registeredAt }) => happened(registeredAt)),
    environments: history.environments.map(({ environment, events, challengers }) => ({
      environment,
      events: firstOf(events, ({ since }) => happened(since)),
      challengers: firstOf(challengers, ({ since }) => happened(since)),
    })),
    quarantines: history.quarantines.filter(({ at }) => happened(at)),
    operatingPoints: history.operatingPoints.filter(({ createdAt }) => happened(createdAt)),
  };
}

/** All up to the first of which it is not true. */
function firstOf<Item>(items: readonly Item[], isTrue: (item: Item) => boolean): readonly Item[] {
  const end = items.findIndex((item) => !isTrue(item));
  return end === -1 ? items : items.slice(0, end);
}

export function liveIn({ events }: EnvironmentHistory): LiveEvent | undefined {
  return events.at(-1);
}

/** Undefined, too, where what ends a challenge has happened and nobody has said so yet. */
export function challengerIn({ events, challengers }: EnvironmentHistory, quarantines: readonly QuarantineEntry[]): ChallengerEvent | undefined {
  const latest = challengers.at(-1);
  if (latest === undefined || latest.kind === 'withdrawn') return undefined;
  const overtaken = events.some(({ epoch, version }) => epoch > latest.liveEpoch && version >= latest.version);
  return overtaken || quarantines.some(({ imageDigest }) => imageDigest === latest.imageDigest) ? undefined : latest;
}
