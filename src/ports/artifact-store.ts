/**
 * Keys to bytes, with the two guarantees everything else is built on: a key can be created only once,
 * and a key can be replaced only by someone who has seen its latest content.
 * Keys are relative paths of [A-Za-z0-9._=-] segments joined by '/'.
 */
export interface ArtifactStore {
  /** Where this store is, as people write it: file:///… or s3://bucket/prefix. */
  readonly uri: string;

  /** The object and its entity tag, or undefined. */
  read(key: string): Promise<StoredObject | undefined>;

  /** Writes only if the key is new (`If-None-Match: *`). Whole or not at all. */
  create(key: string, body: Uint8Array): Promise<'created' | 'exists'>;

  /** Like create, from a local file, without holding it in memory. */
  createFromFile(key: string, path: string): Promise<'created' | 'exists'>;

  /**
   * Compare-and-swap (`If-Match`). `expected` is the entity tag last read, or null where the key must not exist yet.
   * Returns the new tag, or undefined when someone else was first.
   */
  replace(key: string, body: Uint8Array, expected: string | null): Promise<string | undefined>;

  /** All keys under a prefix, sorted by code unit. */
  list(prefix: string): Promise<readonly string[]>;

  /** A local file with the object's bytes, or undefined. The caller must not write to it. */
  localFile(key: string): Promise<string | undefined>;
}

export interface StoredObject {
  readonly body: Uint8Array;
  readonly etag: string;
}

/** A store that can also forget. Only `prune` asks for it. */
export interface PrunableArtifactStore extends ArtifactStore {
  /** All objects under a prefix, sorted by key. */
  entries(prefix: string): Promise<readonly StoredEntry[]>;
  /** Nothing happens where the key is already gone. */
  remove(key: string): Promise<void>;
}

export interface StoredEntry {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** When it was last written: milliseconds since the Unix epoch. */
  readonly modified: number;
}
