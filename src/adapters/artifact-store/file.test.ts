import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { artifactStoreContract } from '../../../test/contract/artifact-store.ts';
import { FileArtifactStore } from './file.ts';

const folders: string[] = [];
const writer = fileURLToPath(new URL('../../../test/fixtures/store-writer.ts', import.meta.url));

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'file-store-'));
  folders.push(folder);
  return folder;
}

async function removeFolders(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
}

artifactStoreContract('file', { open: async () => new FileArtifactStore(await newFolder()), close: removeFolders });

describe('file store among processes', () => {
  afterEach(removeFolders);

  it('shows only whole objects after its writer was killed half-way', async () => {
    const folder = await newFolder();
    const child = spawn(process.execPath, [writer, folder, 'create'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const store = new FileArtifactStore(folder);
    const keys = await store.list('');
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      const index = Number(key.slice('objects/'.length));
      expect(Buffer.from((await store.read(key))?.body ?? []).equals(new Uint8Array(1 << 20).fill(index % 256))).toBe(true);
    }
    expect(await store.create(`objects/${keys.length}`, Buffer.from('next'))).toBe('created');
  });

  it('loses no increment of a counter shared by processes', async () => {
    const folder = await newFolder();
    const store = new FileArtifactStore(folder);
    await store.create('counter', Buffer.from('0'));
    const children = [1, 2, 3].map(() => spawn(process.execPath, [writer, folder, 'count', '20'], { stdio: 'inherit' }));
    await Promise.all(children.map((child) => once(child, 'exit')));
    expect(Buffer.from((await store.read('counter'))?.body ?? []).toString('utf8')).toBe('60');
  });

  it('lists neither its temporary files nor names that are no keys', async () => {
    const folder = await newFolder();
    const store = new FileArtifactStore(folder);
    await store.create('a', Buffer.from('x'));
    await writeFile(join(folder, 'half written~'), 'y');
    await writeFile(join(folder, '@temporary', 'left-over'), 'z');
    expect(await store.list('')).toEqual(['a']);
  });

  it('lists files that another program put under a key', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'pod-1.jsonl'), '{}');
    const store = new FileArtifactStore(folder);
    expect(await store.list('pod')).toEqual(['pod-1.jsonl']);
    expect(await readFile((await store.localFile('pod-1.jsonl')) ?? '', 'utf8')).toBe('{}');
  });
});
