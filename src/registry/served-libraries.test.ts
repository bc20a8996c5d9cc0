import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readServedLibraries } from './served-libraries.ts';

const repository = resolve(import.meta.dirname, '../..');
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'libraries-'));
  await mkdir(join(folder, 'native'));
  await writeFile(join(folder, 'native/package.json'), JSON.stringify({ name: 'onnxruntime-node', version: '1.30.0', license: 'MIT' }));
  await writeFile(join(folder, 'licenses.txt'), 'b 2.0.0\nno licence named\n\n@scope/a 1.0.0\nMIT\n\nMIT License\n\nuse 1.2.3 of it\n\n');
  await writeFile(join(folder, 'lock.json'), JSON.stringify({ packages: { '': { version: '0.1.0' }, 'serving/node_modules/@scope/a': { version: '1.0.0', integrity: 'sha512-q80=' }, 'node_modules/@scope/a': { version: '0.9.0', integrity: 'sha512-AAA=' } } }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the libraries of the service', () => {
  it('are those of its bundle and those beside it, with the lockfile’s hash of that very version', async () => {
    expect(await readServedLibraries({ serverBundle: folder, nativeModules: [join(folder, 'native')], lockFile: join(folder, 'lock.json') })).toEqual([
      { name: '@scope/a', version: '1.0.0', license: 'MIT', sha512: 'abcd' },
      { name: 'b', version: '2.0.0', license: undefined, sha512: undefined },
      { name: 'onnxruntime-node', version: '1.30.0', license: 'MIT', sha512: undefined },
    ]);
  });

  it('are fewer rather than an error where a file is not there', async () => {
    expect(await readServedLibraries({ serverBundle: join(folder, 'none'), nativeModules: [join(folder, 'none')], lockFile: undefined })).toEqual([]);
  });

  it('all have a hash where bundle and lockfile belong together', async () => {
    const libraries = await readServedLibraries({ serverBundle: join(repository, 'serving/dist'), nativeModules: [], lockFile: join(repository, 'package-lock.json') });
    expect(libraries.map(({ name }) => name)).toEqual(expect.arrayContaining(['fastify', 'find-my-way', 'prom-client']));
    expect(libraries.filter(({ sha512 }) => sha512 === undefined)).toEqual([]);
  });
});
