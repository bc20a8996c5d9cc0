import { existsSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { digestOfFile } from '../../artifacts/digest.ts';
import { UserError } from '../../errors.ts';
import type { DataFolder, FetchedFile, ListedFile } from './data-folder.ts';
import { NamePattern } from './name-pattern.ts';

const missing = ['ENOENT', 'ENOTDIR'];

/** Files of this machine, used where they lie. Links are followed inside the folder, and not out of it. */
export class LocalDataFolder implements DataFolder {
  readonly uri: string;
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = resolve(folder);
    this.uri = pathToFileURL(this.folder).href;
  }

  async list(text: string): Promise<readonly ListedFile[]> {
    const pattern = new NamePattern(text);
    const found: ListedFile[] = [];
    if (!existsSync(this.folder)) {
      throw new UserError('source-missing', `the folder ${this.folder} does not exist`, { hint: 'Correct the data root: data.root in pipeline.yaml, data-root of the environment, or the input data-root.' });
    }
    if (pattern.isPlain) {
      const entry = await this.look(pattern.text);
      if (entry?.isDirectory() === true) throw this.unreadable(pattern.text, 'is no file', 'Name the files in it, e.g. by a glob.');
      if (entry !== undefined) found.push({ name: pattern.text, size: entry.size });
    } else {
      await this.walk('', { pattern, found, above: [] });
    }
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async fetch(name: string): Promise<FetchedFile> {
    const entry = await this.look(name);
    if (entry === undefined) {
      throw new UserError('source-missing', `${name} under ${this.folder} is gone since it was listed`, { hint: 'Let nothing change the data root while the step runs, and run it again.' });
    }
    if (!entry.isFile()) throw this.unreadable(name, 'is no file', 'Take it out of the source’s path.');
    const path = join(this.folder, name);
    try {
      return { path, digest: await digestOfFile(path), size: entry.size };
    } catch (cause) {
      throw this.refused(name, cause);
    }
  }

  private async walk(folder: string, search: { readonly pattern: NamePattern; readonly found: ListedFile[]; readonly above: readonly string[] }): Promise<void> {
    const { pattern, found, above } = search;
    const real = await realpath(join(this.folder, folder)).catch(() => undefined);
    // A link to a folder above would be walked for ever.
    if (real === undefined || above.includes(real)) return;
    const names = await readdir(real).catch((cause: unknown) => {
      throw this.refused(folder, cause);
    });
    for (const own of names) {
      const name = folder === '' ? own : `${folder}/${own}`;
      const matches = pattern.matches(name);
      const below = pattern.mayMatchBelow(name);
      if (!matches && !below) continue;
      const entry = await this.look(name);
      if (entry?.isDirectory() === true) {
        if (below) await this.walk(name, { pattern, found, above: [...above, real] });
      } else if (matches && entry !== undefined) {
        found.push({ name, size: entry.size });
      }
    }
  }

  /** What a name stands for, links followed; undefined where there is nothing. Nothing is opened: to open a named pipe waits for its writer. */
  private async look(name: string) {
    try {
      const path = join(this.folder, name);
      const [root, real] = [await realpath(this.folder), await realpath(path)];
      if (real !== root && !real.startsWith(root.endsWith(sep) ? root : `${root}${sep}`)) {
        throw this.unreadable(name, 'is a link that leads out of the data root', 'Put the file itself there.');
      }
      const entry = await stat(real);
      if (!entry.isFile() && !entry.isDirectory()) throw this.unreadable(name, 'is no file', 'Take it out of the source’s path.');
      return entry;
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && missing.includes(String(cause.code))) return undefined;
      throw this.refused(name, cause);
    }
  }

  private refused(name: string, cause: unknown): unknown {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EACCES' || code === 'EPERM') return new UserError('source-denied', `${join(this.folder, name)} cannot be read: this user may not`, { hint: 'Let the user that runs the step read it.', cause });
    if (code === 'ELOOP') return this.unreadable(name, 'is a link to itself', 'Put the file itself there.');
    return cause;
  }

  private unreadable(name: string, fault: string, hint: string): UserError {
    return new UserError('source-unreadable', `${name} under ${this.folder} ${fault}`, { hint });
  }
}
