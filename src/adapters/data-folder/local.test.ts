import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { dataFolderContract } from '../../../test/contract/data-folder.ts';
import { LocalDataFolder } from './local.ts';

const folders: string[] = [];

async function newFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'local-folder-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) await writeBelow(folder, name, text);
  return folder;
}

async function writeBelow(folder: string, name: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), text);
}

async function removeFolders(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
}

dataFolderContract('local', {
  open: async (files) => new LocalDataFolder(await newFolder(files)),
  write: (name, text) => writeBelow(folders.at(-1) ?? '', name, text),
  remove: (name) => rm(join(folders.at(-1) ?? '', name)),
  close: removeFolders,
});

describe('LocalDataFolder', () => {
  afterEach(removeFolders);

  it('follows links inside the folder, once', async () => {
    const folder = await newFolder({ 'real/a.csv': 'x' });
    await symlink(join(folder, 'real/a.csv'), join(folder, 'b.csv'));
    await symlink(join(folder, 'real'), join(folder, 'linked'));
    await symlink(folder, join(folder, 'real', 'loop'));
    const data = new LocalDataFolder(folder);
    expect((await data.list('*.csv')).map(({ name }) => name)).toEqual(['b.csv']);
    expect((await data.list('**/a.csv')).map(({ name }) => name)).toEqual(['linked/a.csv', 'real/a.csv']);
    await symlink(join(folder, 'gone'), join(folder, 'dangling.csv'));
    expect((await data.list('dangling.csv')).length).toBe(0);
  });

  it('refuses a link that leads out of the folder', async () => {
    const outside = await newFolder({ 'secret.csv': 's' });
    const folder = await newFolder({ 'a.csv': 'x' });
    await symlink(join(outside, 'secret.csv'), join(folder, 'b.csv'));
    await symlink(outside, join(folder, 'out'));
    const data = new LocalDataFolder(folder);
    await expect(data.list('*.csv')).rejects.toThrow('b.csv');
    await expect(data.list('out/secret.csv')).rejects.toMatchObject({ code: 'source-unreadable' });
    await expect(data.list('out/*')).rejects.toMatchObject({ code: 'source-unreadable' });
    await expect(data.fetch('b.csv')).rejects.toMatchObject({ code: 'source-unreadable' });
  });

  it('names what is no file without opening it', async () => {
    const folder = await newFolder({ 'logs/a.csv': 'x' });
    execFileSync('mkfifo', [join(folder, 'pipe.csv')]);
    const data = new LocalDataFolder(folder);
    await expect(data.list('pipe.csv')).rejects.toThrow('pipe.csv under');
    await expect(data.list('*.csv')).rejects.toMatchObject({ code: 'source-unreadable' });
    await expect(data.list('logs')).rejects.toThrow('is no file');
    await expect(data.fetch('pipe.csv')).rejects.toMatchObject({ code: 'source-unreadable' });
  });

  it('says that the folder is missing', async () => {
    const folder = await newFolder({});
    await expect(new LocalDataFolder(join(folder, 'gone')).list('*.csv')).rejects.toThrow('does not exist');
    await expect(new LocalDataFolder(join(folder, 'gone')).list('a.csv')).rejects.toThrow('does not exist');
  });
});
