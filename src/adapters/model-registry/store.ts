import type { z } from 'zod';
import type { Digest } from '../../artifacts/digest.ts';
import { UserError } from '../../errors.ts';
import type { ArtifactStore } from '../../ports/artifact-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  ChallengerEvent,
  ChallengerPointer,
  LiveEvent,
  LivePointer,
  ModelRegistry,
  NominateRequest,
  PromoteRequest,
  QuarantineEntry,
  VersionDraft,
  VersionRecord,
} from '../../ports/model-registry.ts';
import { quarantineEntrySchema, versionRecordSchema } from '../../registry/record-schemas.ts';
import { registryKeys, versionOfKey } from '../../registry/registry-keys.ts';
import { corrupt, openRecord, sealRecord } from '../../registry/sealed-record.ts';
import { toJson } from './epoch-log.ts';
import { challengerLog, liveLog, pointerOf } from './registry-logs.ts';

export interface StoreModelRegistryOptions {
  readonly store: ArtifactStore;
  /** Name of the pipeline: every model has its own registry. */
  readonly model: string;
  readonly clock: Clock;
}

/** The registry as objects of an artefact store: versions and quarantines are created once, `live` and `challenger` are pointers with a history each. */
export class StoreModelRegistry implements ModelRegistry {
  private readonly store: ArtifactStore;
  private readonly model: string;
  private readonly clock: Clock;
  private readonly keys: ReturnType<typeof registryKeys>;

  constructor(options: StoreModelRegistryOptions) {
    this.store = options.store;
    this.model = options.model;
    this.clock = options.clock;
    this.keys = registryKeys(options.model);
  }

  async versions(): Promise<readonly VersionRecord[]> {
    const numbers = (await this.store.list(this.keys.versions)).flatMap((key) => versionOfKey(key) ?? []).sort((left, right) => left - right);
    // Numbers without a gap: one that is missing was deleted.
    return Promise.all(numbers.map((_, index) => this.existingVersion(index + 1)));
  }

  async version(number: number): Promise<VersionRecord | undefined> {
    if (!Number.isSafeInteger(number) || number < 1) return undefined;
    const key = this.keys.version(number);
    const record = await this.readRecord(key, versionRecordSchema);
    if (record !== undefined && (record.version !== number || record.model !== this.model)) throw this.misplaced(key);
    return record;
  }

  async register(draft: VersionDraft): Promise<VersionRecord> {
    if (draft.model !== this.model) throw new Error(`a draft of ${draft.model} in the registry of ${this.model}`);
    const known = await this.versions();
    const same = known.find((record) => isSameVersion(record, draft));
    if (same !== undefined) return same;
    for (let number = (known.at(-1)?.version ?? 0) + 1; ; number += 1) {
      if (draft.version !== undefined && draft.version !== number) throw versionTaken(draft.version, number);
      const record: VersionRecord = {
        ...draft,
        version: number,
        imageTag: `model_v${number}`,
        registeredAt: new Date(this.clock.now()).toISOString(),
      };
      if ((await this.store.create(this.keys.version(number), sealRecord(toJson(record)))) === 'created') return record;
      // Someone else took the number meanwhile: perhaps with this very draft.
      const first = await this.existingVersion(number);
      if (isSameVersion(first, draft)) return first;
    }
  }

  live(environment: string): Promise<LivePointer | undefined> {
    return this.liveLog(environment).latest();
  }

  async promote(request: PromoteRequest): Promise<LivePointer | undefined> {
    const { environment, version, expectedEpoch } = request;
    const record = await this.registeredVersion(version);
    const log = this.liveLog(environment);
    const current = await log.latest();
    if (current?.version === version) {
      await this.endChallenge(environment);
      return current;
    }
    if ((current?.epoch ?? 0) !== expectedEpoch) return undefined;
    await this.refuseQuarantined(record);
    const event: LiveEvent = {
      kind: await this.kindOf(environment, version, current),
      environment,
      version,
      imageDigest: record.imageDigest,
      epoch: expectedEpoch + 1,
      commit: request.commit,
      since: request.at,
    };
    const decided = await log.decide(event);
    await this.endChallenge(environment);
    if (decided) return pointerOf(event);
    // The epoch was decided meanwhile, perhaps by a twin of this very run.
    const winner = await log.entry(event.epoch);
    return winner?.version === version && winner.commit === request.commit ? pointerOf(winner) : undefined;
  }

  history(environment: string): Promise<readonly LiveEvent[]> {
    return this.liveLog(environment).entries();
  }

  async environments(): Promise<readonly string[]> {
    const found = await Promise.all(this.keys.environments.map(async (prefix) => (await this.store.list(prefix)).flatMap((key) => key.slice(prefix.length).split('/')[0] ?? [])));
    return [...new Set(found.flat())].sort();
  }

  async challenger(environment: string): Promise<ChallengerPointer | undefined> {
    const log = this.challengerLog(environment);
    for (;;) {
      const current = await log.latest();
      if (current === undefined || current.kind === 'withdrawn') return undefined;
      const ended = await this.endOfChallenge(current);
      if (ended === undefined) return challengerOf(current);
      // Said by whoever sees it first, with the moment of what ended it: the same entry whoever writes it.
      await log.decide({ ...current, kind: 'withdrawn', epoch: current.epoch + 1, since: ended });
    }
  }

  async nominate(request: NominateRequest): Promise<ChallengerPointer | undefined> {
    const { environment, version, expectedEpoch, at } = request;
    const record = await this.registeredVersion(version);
    const log = this.challengerLog(environment);
    const current = await log.latest();
    if (current?.kind === 'nominated' && current.version === version) return this.challenger(environment);
    if ((current?.epoch ?? 0) !== expectedEpoch) return undefined;
    await this.refuseQuarantined(record);
    const history = await this.history(environment);
    if (history.some((event) => event.version >= version)) return undefined;
    const event: ChallengerEvent = { kind: 'nominated', environment, version, imageDigest: record.imageDigest, epoch: expectedEpoch + 1, liveEpoch: history.length, since: at };
    if (await log.decide(event)) return challengerOf(event);
    const winner = await log.entry(event.epoch);
    return winner?.kind === 'nominated' && winner.version === version && winner.since === at ? challengerOf(winner) : undefined;
  }

  challengers(environment: string): Promise<readonly ChallengerEvent[]> {
    return this.challengerLog(environment).entries();
  }

  async quarantine(entry: QuarantineEntry): Promise<void> {
    await this.store.create(this.keys.quarantine(entry.imageDigest), sealRecord(toJson(entry)));
  }

  async quarantined(imageDigest: Digest): Promise<QuarantineEntry | undefined> {
    const key = this.keys.quarantine(imageDigest);
    const entry = await this.readRecord(key, quarantineEntrySchema);
    if (entry !== undefined && entry.imageDigest !== imageDigest) throw this.misplaced(key);
    return entry;
  }

  async quarantines(): Promise<readonly QuarantineEntry[]> {
    const keys = await this.store.list(this.keys.quarantines);
    const entries = await Promise.all(keys.map((key) => this.readRecord(key, quarantineEntrySchema)));
    return entries.flatMap((entry, index) => {
      if (entry === undefined) return [];
      if (this.keys.quarantine(entry.imageDigest) !== keys[index]) throw this.misplaced(keys[index] ?? '');
      return [entry];
    });
  }

  private async registeredVersion(number: number): Promise<VersionRecord> {
    const record = await this.version(number);
    if (record !== undefined) return record;
    throw new UserError('version-missing', `${this.model} has no version ${number} in ${this.store.uri}`, { hint: 'Register the version first.' });
  }

  private async existingVersion(number: number): Promise<VersionRecord> {
    const record = await this.version(number);
    if (record === undefined) throw corrupt(this.locate(this.keys.version(number)), 'is gone; the registry only grows');
    return record;
  }

  /** When a nominated version's challenge ended: the moment it or a newer one went live, or its image was quarantined. */
  private async endOfChallenge(challenger: ChallengerPointer): Promise<string | undefined> {
    const live = this.liveLog(challenger.environment);
    for (let epoch = challenger.liveEpoch + 1; ; epoch += 1) {
      const event = await live.entry(epoch);
      if (event === undefined) break;
      if (event.version >= challenger.version) return event.since;
    }
    return (await this.quarantined(challenger.imageDigest))?.at;
  }

  /** After a promotion, which is decided by now: what challenges is for people to see, and whoever reads it next says the same. */
  private async endChallenge(environment: string): Promise<void> {
    await this.challenger(environment).catch(() => undefined);
  }

  private liveLog(environment: string): ReturnType<typeof liveLog> {
    return liveLog({ store: this.store, keys: this.keys, environment });
  }

  private challengerLog(environment: string): ReturnType<typeof challengerLog> {
    return challengerLog({ store: this.store, keys: this.keys, environment });
  }

  /** Back to an older version that was live before is a rollback; everything else goes forward. */
  private async kindOf(environment: string, version: number, current: LivePointer | undefined): Promise<LiveEvent['kind']> {
    if (current === undefined || version > current.version) return 'promoted';
    return (await this.history(environment)).some((event) => event.version === version) ? 'rolled-back' : 'promoted';
  }

  private async refuseQuarantined(record: VersionRecord): Promise<void> {
    const entry = await this.quarantined(record.imageDigest);
    if (entry === undefined) return;
    throw new UserError('version-quarantined', `${this.model} version ${record.version} is quarantined since ${entry.at}: ${entry.reason}`, {
      hint: 'Register a new version; a quarantined image is never deployed again.',
    });
  }

  private async readRecord<T>(key: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const stored = await this.store.read(key);
    return stored === undefined ? undefined : openRecord(stored.body, schema, this.locate(key));
  }

  private locate(key: string): string {
    return `${this.store.uri}/${key}`;
  }

  private misplaced(key: string): UserError {
    return corrupt(this.locate(key), 'is a record of something else');
  }
}

function isSameVersion(record: VersionRecord, draft: VersionDraft): boolean {
  return record.candidate === draft.candidate && record.imageDigest === draft.imageDigest;
}

function challengerOf({ kind: _, ...pointer }: ChallengerEvent): ChallengerPointer {
  return pointer;
}

function versionTaken(wanted: number, free: number): UserError {
  return new UserError('version-taken', `version ${wanted} cannot be registered: the next free number is ${free}`, {
    hint: 'Run register again: it builds the image anew under the next free number.',
  });
}
