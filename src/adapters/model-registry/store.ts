import type { z } from 'zod';
import type { Json } from '../../artifacts/canonical-json.ts';
import type { Digest } from '../../artifacts/digest.ts';
import { UserError } from '../../errors.ts';
import type { ArtifactStore } from '../../ports/artifact-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  LiveEvent,
  LivePointer,
  ModelRegistry,
  PromoteRequest,
  QuarantineEntry,
  VersionDraft,
  VersionRecord,
} from '../../ports/model-registry.ts';
import { liveEventSchema, livePointerSchema, quarantineEntrySchema, versionRecordSchema } from '../../registry/record-schemas.ts';
import { registryKeys, versionOfKey } from '../../registry/registry-keys.ts';
import { corrupt, openRecord, sealRecord } from '../../registry/sealed-record.ts';

export interface StoreModelRegistryOptions {
  readonly store: ArtifactStore;
  /** Name of the pipeline: every model has its own registry. */
  readonly model: string;
  readonly clock: Clock;
}

/**
 * The registry as objects of an artefact store. Whoever creates the history entry of an epoch has decided what is live in that epoch;
 * the live pointer only follows, and every reader and writer helps it along, so that a crash between the two leaves nothing half done.
 */
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

  async live(environment: string): Promise<LivePointer | undefined> {
    const key = this.keys.live(environment);
    for (;;) {
      const stored = await this.store.read(key);
      const pointer = stored === undefined ? undefined : openRecord(stored.body, livePointerSchema, this.locate(key));
      if (pointer !== undefined && pointer.environment !== environment) throw this.misplaced(key);
      const next = await this.event(environment, (pointer?.epoch ?? 0) + 1);
      if (next === undefined) return pointer;
      // Decided, but the pointer does not say so yet: its writer is about to move it, or died before it could.
      await this.store.replace(key, sealRecord(toJson(pointerOf(next))), stored?.etag ?? null);
    }
  }

  async promote(request: PromoteRequest): Promise<LivePointer | undefined> {
    const { environment, version, expectedEpoch } = request;
    const record = await this.version(version);
    if (record === undefined) {
      throw new UserError('version-missing', `${this.model} has no version ${version} in ${this.store.uri}`, { hint: 'Register the version first.' });
    }
    const current = await this.live(environment);
    if (current?.version === version) return current;
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
    const decided = await this.store.create(this.keys.event(environment, event.epoch), sealRecord(toJson(event)));
    await this.live(environment);
    if (decided === 'created') return pointerOf(event);
    // The epoch was decided meanwhile, perhaps by a twin of this very run.
    const winner = await this.event(environment, event.epoch);
    return winner?.version === version && winner.commit === request.commit ? pointerOf(winner) : undefined;
  }

  async history(environment: string): Promise<readonly LiveEvent[]> {
    const keys = await this.store.list(this.keys.history(environment));
    const events = await Promise.all(keys.map((_, index) => this.event(environment, index + 1)));
    return events.map((event, index) => {
      if (event === undefined) throw corrupt(this.locate(this.keys.event(environment, index + 1)), 'is missing, while later events are there');
      return event;
    });
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

  private async existingVersion(number: number): Promise<VersionRecord> {
    const record = await this.version(number);
    if (record === undefined) throw corrupt(this.locate(this.keys.version(number)), 'is gone; the registry only grows');
    return record;
  }

  private async event(environment: string, epoch: number): Promise<LiveEvent | undefined> {
    const key = this.keys.event(environment, epoch);
    const event = await this.readRecord(key, liveEventSchema);
    if (event !== undefined && (event.epoch !== epoch || event.environment !== environment)) throw this.misplaced(key);
    return event;
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

function pointerOf({ environment, version, imageDigest, epoch, commit, since }: LiveEvent): LivePointer {
  return { environment, version, imageDigest, epoch, commit, since };
}

function versionTaken(wanted: number, free: number): UserError {
  return new UserError('version-taken', `version ${wanted} cannot be registered: the next free number is ${free}`, {
    hint: 'Run register again: it builds the image anew under the next free number.',
  });
}

/** Leaves out undefined members, which JSON cannot say. */
function toJson(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
