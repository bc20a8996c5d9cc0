import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf, hexOf } from '../../artifacts/digest.ts';
import { checkStoreKey, checkStorePrefix } from '../../artifacts/store-key.ts';
import type { PrunableArtifactStore, StoredEntry, StoredObject } from '../../ports/artifact-store.ts';

export interface StoreCall {
  readonly operation: 'read' | 'create' | 'replace' | 'list' | 'localFile' | 'entries' | 'remove';
  readonly key: string;
  /** `before`: throwing means the call never happened. `after`: throwing means it happened and the answer was lost. */
  readonly phase: 'before' | 'after';
}

/** Called around every call: to count, to fail, or to wait for a scheduler. */
export type StoreInterceptor = (call: StoreCall) => void | Promise<void>;

/** When each object was written, for all stores that share the objects. */
const written = new WeakMap<Map<string, Uint8Array>, Map<string, number>>();

/** The in-memory twin of the artefact stores, for tests. `objects` may be shared by several stores that differ in their interceptor. */
export class MemoryArtifactStore implements PrunableArtifactStore {
  readonly uri = 'memory://test';
  readonly objects: Map<string, Uint8Array>;
  private readonly intercept: StoreInterceptor;
  private readonly modified: Map<string, number>;
  private readonly now: () => number;

  constructor(intercept: StoreInterceptor = () => undefined, objects = new Map<string, Uint8Array>(), now: () => number = Date.now) {
    this.intercept = intercept;
    this.objects = objects;
    this.now = now;
    this.modified = written.get(objects) ?? new Map<string, number>();
    written.set(objects, this.modified);
  }

  read(key: string): Promise<StoredObject | undefined> {
    return this.around('read', key, () => {
      const body = this.objects.get(key);
      return body === undefined ? undefined : { body: Uint8Array.from(body), etag: digestOf(body) };
    });
  }

  create(key: string, body: Uint8Array): Promise<'created' | 'exists'> {
    return this.around('create', key, () => {
      if (this.objects.has(key)) return 'exists';
      this.put(key, body);
      return 'created';
    });
  }

  async createFromFile(key: string, path: string): Promise<'created' | 'exists'> {
    return this.create(key, await readFile(path));
  }

  replace(key: string, body: Uint8Array, expected: string | null): Promise<string | undefined> {
    return this.around('replace', key, () => {
      const current = this.objects.get(key);
      if ((current === undefined ? null : digestOf(current)) !== expected) return undefined;
      this.put(key, body);
      return digestOf(body);
    });
  }

  async list(prefix: string): Promise<readonly string[]> {
    return this.under('list', prefix);
  }

  async entries(prefix: string): Promise<readonly StoredEntry[]> {
    const keys = await this.under('entries', prefix);
    return keys.map((key) => ({ key, size: this.objects.get(key)?.byteLength ?? 0, modified: this.modified.get(key) ?? 0 }));
  }

  remove(key: string): Promise<void> {
    return this.around('remove', key, () => {
      this.objects.delete(key);
      this.modified.delete(key);
    });
  }

  async localFile(key: string): Promise<string | undefined> {
    const body = await this.around('localFile', key, () => this.objects.get(key));
    if (body === undefined) return undefined;
    // Named by content and shared by all stores and processes: nothing to clean up, and never half written.
    const folder = join(tmpdir(), 'taxiway-memory-store');
    const path = join(folder, hexOf(digestOf(body)));
    await mkdir(folder, { recursive: true });
    const temporary = `${path}.${randomUUID()}`;
    await writeFile(temporary, body);
    await rename(temporary, path);
    return path;
  }

  private put(key: string, body: Uint8Array): void {
    this.objects.set(key, Uint8Array.from(body));
    this.modified.set(key, this.now());
  }

  private async under(operation: 'list' | 'entries', prefix: string): Promise<string[]> {
    checkStorePrefix(prefix);
    await this.intercept({ operation, key: prefix, phase: 'before' });
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    await this.intercept({ operation, key: prefix, phase: 'after' });
    return keys;
  }

  private async around<T>(operation: StoreCall['operation'], key: string, act: () => T): Promise<T> {
    checkStoreKey(key);
    await this.intercept({ operation, key, phase: 'before' });
    const answer = act();
    await this.intercept({ operation, key, phase: 'after' });
    return answer;
  }
}
