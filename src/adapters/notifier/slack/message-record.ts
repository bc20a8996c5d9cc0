import { z } from 'zod';
import { canonicalJson } from '../../../artifacts/canonical-json.ts';
import { digestOf, hexOf } from '../../../artifacts/digest.ts';
import type { ArtifactStore } from '../../../ports/artifact-store.ts';

const recordSchema = z.object({
  key: z.string(),
  channel: z.string(),
  /** Milliseconds since the epoch. */
  at: z.number(),
  /** Slack's name of the message; absent while somebody posts it. */
  message: z.string().optional(),
  /** Of what it says. */
  content: z.string(),
  resolved: z.boolean(),
});
export type MessageRecord = z.infer<typeof recordSchema>;

export interface StoredRecord {
  readonly record: MessageRecord;
  readonly etag: string;
}

/** Which message there is for a notification's key: by it the same key is one message, whoever tells it and however often. */
export class MessageRecords {
  readonly #store: ArtifactStore;
  readonly #key: string;

  constructor(store: ArtifactStore, { channel, key }: { readonly channel: string; readonly key: string }) {
    this.#store = store;
    this.#key = `notifications/slack/${hexOf(digestOf(`${channel}\n${key}`)).slice(0, 32)}.json`;
  }

  /** A record that nobody can read any more counts as none: it is only about a message. */
  async read(): Promise<{ readonly found: StoredRecord | undefined; readonly etag: string | null }> {
    const object = await this.#store.read(this.#key);
    if (object === undefined) return { found: undefined, etag: null };
    const record = recordSchema.safeParse(jsonOf(object.body)).data;
    return { found: record === undefined ? undefined : { record, etag: object.etag }, etag: object.etag };
  }

  /** The new entity tag, or undefined where somebody else was first. */
  write(record: MessageRecord, expected: string | null): Promise<string | undefined> {
    return this.#store.replace(this.#key, Buffer.from(canonicalJson(record)), expected);
  }
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as unknown;
  } catch {
    return undefined;
  }
}
