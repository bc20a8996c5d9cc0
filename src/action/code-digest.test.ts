import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { codeDigest } from './code-digest.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const release = {
  'actions/train/dist/index.js': 'train',
  'actions/train/dist/1.index.js': 'chunk',
  'actions/register/dist/index.js': 'register',
  'actions/train/main.ts': 'source',
  'actions/register/main.ts': 'source',
  'src/gate/decide.ts': 'rule',
  'package-lock.json': '{}',
};

async function checkout(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'code-digest-'));
  folders.push(folder);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

const bundled = async (files: Readonly<Record<string, string>>, step = 'train'): Promise<string> => codeDigest(join(await checkout(files), `actions/${step}/dist/index.js`));
const fromSources = async (files: Readonly<Record<string, string>>): Promise<string> => codeDigest(join(await checkout(files), 'actions/train/main.ts'));

describe('the digest of the code that runs', () => {
  test('is one for all steps of a release, wherever it is checked out', async () => {
    expect(await bundled(release, 'register')).toBe(await bundled(release, 'train'));
  });

  test.each([
    ['a changed bundle of another step', { ...release, 'actions/register/dist/index.js': 'patched' }],
    ['a changed chunk', { ...release, 'actions/train/dist/1.index.js': 'patched' }],
    ['a bundle more', { ...release, 'actions/deploy/dist/index.js': 'deploy' }],
    ['two bundles that changed places', { ...release, 'actions/register/dist/index.js': 'train', 'actions/train/dist/index.js': 'register' }],
  ])('is another one for %s', async (_name, changed) => {
    expect(await bundled(changed)).not.toBe(await bundled(release));
  });

  test('does not read what does not run: licences, sources, other folders', async () => {
    expect(await bundled({ ...release, 'actions/train/dist/licenses.txt': 'MIT', 'src/gate/decide.ts': 'edited', 'actions/README.md': 'text' })).toBe(await bundled(release));
  });

  test('from sources follows sources and lockfile, never tests, and is never that of bundles', async () => {
    const plain = await fromSources(release);
    expect(plain).not.toBe(await bundled(release));
    expect(await fromSources({ ...release, 'src/gate/decide.ts': 'edited' })).not.toBe(plain);
    expect(await fromSources({ ...release, 'package-lock.json': '{ }' })).not.toBe(plain);
    expect(await fromSources({ ...release, 'src/gate/decide.test.ts': 'a test' })).toBe(plain);
  });

  test('of a checkout without its bundles or sources is an error that names the place, never the digest of nothing', async () => {
    const folder = await checkout({ 'actions/README.md': 'text' });
    await expect(codeDigest(join(folder, 'actions/train/dist/index.js'))).rejects.toMatchObject({ code: 'code-unreadable', message: expect.stringContaining(folder) });
    await expect(codeDigest(join(folder, 'actions/train/main.ts'))).rejects.toMatchObject({ code: 'code-unreadable' });
  });
});
