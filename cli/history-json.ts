import { challengerIn, liveIn, type RegistryHistory } from '../src/registry/registry-history.ts';

export interface HistorySubject {
  readonly model: string;
  /** URI of the store. */
  readonly store: string;
  /** Milliseconds since the Unix epoch; undefined: all until now. */
  readonly at: number | undefined;
  readonly history: RegistryHistory;
}

export function historyJson({ model, store, at, history }: HistorySubject): string {
  const environments = history.environments.map((environment) => [
    environment.environment,
    { live: liveIn(environment) ?? null, challenger: challengerIn(environment, history.quarantines) ?? null, events: environment.events, challengers: environment.challengers },
  ]);
  return JSON.stringify(
    { schema: 'taxiway/history/v1', model, store, at: at === undefined ? null : new Date(at).toISOString(), versions: history.versions, environments: Object.fromEntries(environments) as unknown, quarantined: history.quarantines, operatingPoints: history.operatingPoints },
    undefined,
    2,
  );
}
