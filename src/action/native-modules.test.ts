import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../ports/logger.ts';
import { LocatedNativeModules } from './native-modules.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'taxiway-native-'));
});
afterEach(() => rm(root, { recursive: true }));

async function place(folder: string, body: string, name = 'onnxruntime-node'): Promise<string> {
  const home = join(root, folder, 'node_modules', name);
  await mkdir(home, { recursive: true });
  await writeFile(join(home, 'package.json'), JSON.stringify({ name, main: 'index.js' }));
  await writeFile(join(home, 'index.js'), body);
  return join(root, folder);
}

function modules(install: () => Promise<string> = () => Promise.reject(new Error('nothing was to be installed'))): LocatedNativeModules {
  return new LocatedNativeModules({ workspace: join(root, 'workspace'), scriptPath: join(root, 'action/dist/index.js'), install, logger: silentLogger });
}

describe('LocatedNativeModules', () => {
  it('prefers the workspace, then the tree of the action', async () => {
    await place('action', `module.exports = 'action';`);
    expect(modules().load('onnxruntime-node')).toBe('action');
    await place('workspace', `module.exports = 'workspace';`);
    expect(modules().load('onnxruntime-node')).toBe('workspace');
  });

  it('finds an optional module in its own folder, and says which folder where it is missing', async () => {
    const optional = join(root, 'runtime/web');
    const native = new LocatedNativeModules({ workspace: join(root, 'workspace'), scriptPath: join(root, 'action/dist/index.js'), optionalFolders: [optional], install: () => Promise.reject(new Error('nothing was to be installed')), logger: silentLogger });
    expect(() => native.load('onnxruntime-web')).toThrow(expect.objectContaining({ code: 'native-module-missing', hint: expect.stringContaining('npm ci in runtime/web') }));
    await place('runtime/web', `module.exports = 'web';`, 'onnxruntime-web');
    expect(native.load('onnxruntime-web')).toBe('web');
  });

  it('installs once where a module is nowhere', async () => {
    let calls = 0;
    const native = modules(() => {
      calls += 1;
      return place('cache', `module.exports = 'cache';`);
    });
    await native.prepare(['onnxruntime-node']);
    await native.prepare(['onnxruntime-node']);
    expect(native.load('onnxruntime-node')).toBe('cache');
    expect(calls).toBe(1);
  });

  it('touches nothing native before it is asked to', async () => {
    await place('workspace', `throw new Error('loaded');`);
    await expect(modules().prepare(['onnxruntime-node'])).resolves.toBeUndefined();
  });

  it('says what a module that does not load was and where', async () => {
    await place('workspace', `throw new Error('wrong ELF class');`);
    expect(() => modules().load('onnxruntime-node')).toThrow(/onnxruntime-node.index\.js does not load on/);
  });

  it('finds the folders of a module and of what it needs, of a package without a main file, too', async () => {
    await place('workspace', '', '@duckdb/node-api');
    await place('workspace', '', '@duckdb/node-bindings');
    const library = join(root, 'workspace/node_modules/@duckdb/node-bindings-linux-x64');
    await mkdir(library);
    await writeFile(join(library, 'package.json'), '{"name":"@duckdb/node-bindings-linux-x64"}');
    expect(modules().packageFolders('@duckdb/node-api', '@duckdb/node-bindings', '@duckdb/node-bindings-linux-x64')).toEqual(['node-api', 'node-bindings', 'node-bindings-linux-x64'].map((name) => join(root, 'workspace/node_modules/@duckdb', name)));
  });

  it('names the module where the installation did not bring it', async () => {
    await expect(modules(() => Promise.resolve(root)).prepare(['@duckdb/node-api'])).rejects.toThrow('@duckdb/node-api is neither in the workspace');
  });
});
