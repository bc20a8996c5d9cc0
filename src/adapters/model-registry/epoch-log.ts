import type { z } from 'zod';
import type { Json } from '../../artifacts/canonical-json.ts';
import type { ArtifactStore } from '../../ports/artifact-store.ts';
import { corrupt, openRecord, sealRecord } from '../../registry/sealed-record.ts';

interface LogEntry {
  readonly environment: string;
  /** From 1, without a gap. */
  readonly epoch: number;
}

interface EpochLogOptions<Entry extends LogEntry, Pointer extends LogEntry> {
  readonly store: ArtifactStore;
  readonly environment: string;
  readonly keys: { readonly pointer: string; readonly entries: string; readonly entry: (epoch: number) => string };
  readonly entrySchema: z.ZodType<Entry>;
  readonly pointerSchema: z.ZodType<Pointer>;
  readonly pointerOf: (entry: Entry) => Pointer;
}

/**
 * A pointer with its history. Whoever creates the entry of an epoch has decided that epoch; the pointer only follows, and every reader
 * and writer helps it along, so that a crash between the two leaves nothing half done.
 */
export class EpochLog<Entry extends LogEntry, Pointer extends LogEntry> {
  private readonly options: EpochLogOptions<Entry, Pointer>;

  constructor(options: EpochLogOptions<Entry, Pointer>) {
    this.options = options;
  }

  async latest(): Promise<Pointer | undefined> {
    const { store, keys, pointerSchema, pointerOf } = this.options;
    for (;;) {
      const stored = await store.read(keys.pointer);
      const pointer = stored === undefined ? undefined : openRecord(stored.body, pointerSchema, this.locate(keys.pointer));
      if (pointer !== undefined && pointer.environment !== this.options.environment) throw this.misplaced(keys.pointer);
      const next = await this.entry((pointer?.epoch ?? 0) + 1);
      if (next === undefined) return pointer;
      // Decided, but the pointer does not say so yet: its writer is about to move it, or died before it could.
      await store.replace(keys.pointer, sealRecord(toJson(pointerOf(next))), stored?.etag ?? null);
    }
  }

  /** @returns false where the epoch was decided before; the pointer has followed either way */
  async decide(entry: Entry): Promise<boolean> {
    const decided = await this.options.store.create(this.options.keys.entry(entry.epoch), sealRecord(toJson(entry)));
    await this.latest();
    return decided === 'created';
  }

  async entry(epoch: number): Promise<Entry | undefined> {
    const { store, keys, entrySchema, environment } = this.options;
    const key = keys.entry(epoch);
    const stored = await store.read(key);
    if (stored === undefined) return undefined;
    const entry = openRecord(stored.body, entrySchema, this.locate(key));
    if (entry.epoch !== epoch || entry.environment !== environment) throw this.misplaced(key);
    return entry;
  }

  /** All of them, oldest first; reads only. */
  async entries(): Promise<readonly Entry[]> {
    const { store, keys } = this.options;
    const known = await this.pointedTo();
    const found = await store.list(keys.entries);
    // The pointer was read first, and follows: what it knows of was there before the list was made.
    const gap = found.length < known ? Array.from({ length: known }, (_, index) => index + 1).find((epoch) => !found.includes(keys.entry(epoch))) : undefined;
    if (gap !== undefined) throw corrupt(this.locate(keys.entry(gap)), `is missing, though ${this.locate(keys.pointer)} knows of epoch ${known}`);
    const entries = await Promise.all(found.map((_, index) => this.entry(index + 1)));
    return entries.map((entry, index) => {
      if (entry === undefined) throw corrupt(this.locate(keys.entry(index + 1)), 'is missing, while later events are there');
      return entry;
    });
  }

  /** The pointer's epoch; 0 where there is none, or none that can be read: the entries are the truth. */
  private async pointedTo(): Promise<number> {
    const { store, keys, pointerSchema } = this.options;
    const stored = await store.read(keys.pointer);
    if (stored === undefined) return 0;
    try {
      return openRecord(stored.body, pointerSchema, this.locate(keys.pointer)).epoch;
    } catch {
      return 0;
    }
  }

  private locate(key: string): string {
    return `${this.options.store.uri}/${key}`;
  }

  private misplaced(key: string): Error {
    return corrupt(this.locate(key), 'is a record of something else');
  }
}

/** Leaves out undefined members, which JSON cannot say. */
export function toJson(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
