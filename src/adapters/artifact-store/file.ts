import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { digestOf } from '../../artifacts/digest.ts';
import { checkStoreKey, checkStorePrefix, isStoreKey } from '../../artifacts/store-key.ts';
import type { PrunableArtifactStore, StoredEntry, StoredObject } from '../../ports/artifact-store.ts';
import { hasCode, publishFile } from './publish-file.ts';

/**
 * An artefact store in a folder. A key is a file of that name; what replaces it is a further file, `<key>@1`, `<key>@2`, …, and the
 * highest is the content. Each is made by an exclusive link, so that a compare-and-swap needs no lock: of all who saw generation n
 * only one can make n + 1, whoever is killed when. `@` is in no key, so generations and keys never meet.
 */
export class FileArtifactStore implements PrunableArtifactStore {
  readonly uri: string;
  private readonly folder: string;
  private readonly temporaryFolder: string;

  constructor(folder: string) {
    this.folder = resolve(folder);
    this.temporaryFolder = join(this.folder, '@temporary');
    this.uri = pathToFileURL(this.folder).href;
  }

  async read(key: string): Promise<StoredObject | undefined> {
    const path = await this.localFile(key);
    if (path === undefined) return undefined;
    const body = await readFile(path);
    return { body, etag: digestOf(body) };
  }

  async create(key: string, body: Uint8Array): Promise<'created' | 'exists'> {
    return this.publish(this.pathOf(key), body);
  }

  async createFromFile(key: string, path: string): Promise<'created' | 'exists'> {
    return this.publish(this.pathOf(key), { path });
  }

  async replace(key: string, body: Uint8Array, expected: string | null): Promise<string | undefined> {
    const path = this.pathOf(key);
    const latest = await this.latestGeneration(path);
    if (expected === null) {
      if (latest !== undefined) return undefined;
      return (await this.publish(path, body)) === 'created' ? digestOf(body) : undefined;
    }
    if (latest === undefined) return undefined;
    if (digestOf(await readFile(generationPath(path, latest))) !== expected) return undefined;
    return (await this.publish(generationPath(path, latest + 1), body)) === 'created' ? digestOf(body) : undefined;
  }

  async list(prefix: string): Promise<readonly string[]> {
    checkStorePrefix(prefix);
    const start = prefix.includes('/') ? prefix.slice(0, prefix.lastIndexOf('/')) : '';
    const keys: string[] = [];
    await this.collect(start, keys);
    return keys.filter((key) => key.startsWith(prefix)).sort();
  }

  /** An object and its generations are one entry: that of the latest. */
  async entries(prefix: string): Promise<readonly StoredEntry[]> {
    const entries: StoredEntry[] = [];
    for (const key of await this.list(prefix)) {
      const path = await this.localFile(key);
      // Someone else may have removed it since it was listed.
      const found = path === undefined ? undefined : await statOf(path);
      if (found !== undefined) entries.push({ key, size: found.size, modified: Math.floor(found.mtimeMs) });
    }
    return entries;
  }

  /** The latest generation goes first and the first one last: a generation that outlived it would come back when the key is created again. */
  async remove(key: string): Promise<void> {
    const path = this.pathOf(key);
    for (let latest = await this.latestGeneration(path); latest !== undefined && latest >= 0; latest -= 1) {
      await rm(generationPath(path, latest), { force: true });
    }
  }

  async localFile(key: string): Promise<string | undefined> {
    const path = this.pathOf(key);
    const latest = await this.latestGeneration(path);
    return latest === undefined ? undefined : generationPath(path, latest);
  }

  private pathOf(key: string): string {
    checkStoreKey(key);
    return join(this.folder, ...key.split('/'));
  }

  private publish(target: string, content: Uint8Array | { readonly path: string }): Promise<'created' | 'exists'> {
    return publishFile({ temporaryFolder: this.temporaryFolder, target, content });
  }

  private async latestGeneration(path: string): Promise<number | undefined> {
    if (!(await isFile(path))) return undefined;
    // Most keys are never replaced: one look instead of a listing.
    if (!(await isFile(generationPath(path, 1)))) return 0;
    const stem = `${path.slice(dirname(path).length + 1)}@`;
    const generations = (await readdir(dirname(path))).filter((name) => name.startsWith(stem)).map((name) => Number(name.slice(stem.length)));
    return Math.max(...generations.filter((generation) => Number.isSafeInteger(generation)));
  }

  private async collect(folder: string, keys: string[]): Promise<void> {
    const entries = await readdir(join(this.folder, folder), { withFileTypes: true }).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) return [];
      throw error;
    });
    for (const entry of entries) {
      const key = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (!isStoreKey(key)) continue;
      if (entry.isDirectory()) await this.collect(key, keys);
      else if (entry.isFile()) keys.push(key);
    }
  }
}

/** Padded, so that a person who lists the folder sees them in order. */
function generationPath(path: string, generation: number): string {
  return generation === 0 ? path : `${path}@${String(generation).padStart(8, '0')}`;
}

async function isFile(path: string): Promise<boolean> {
  return (await statOf(path))?.isFile() === true;
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
