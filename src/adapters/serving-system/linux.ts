import { readFile, realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { rootCertificates } from 'node:tls';
import { UserError } from '../../errors.ts';
import type { LayerFile } from '../../packaging/layer-file.ts';
import type { SystemFiles } from '../../packaging/system-layer.ts';
import type { CommandRunner } from '../../ports/command-runner.ts';

export interface LinuxSystemOptions {
  /** The Node program that goes into the image: the one that runs here, so that what answered the golden requests is what is deployed. */
  readonly node: string;
  /** Files with native code that the service loads. */
  readonly native: readonly string[];
  /** As process.arch says it. */
  readonly architecture: string;
  readonly commands: CommandRunner;
}

interface Loader {
  /** Where programs look for it. */
  readonly path: string;
  /** Where it looks for libraries. */
  readonly libraries: string;
}

/** The dynamic loaders of the GNU C library. */
const loaders: Readonly<Record<string, Loader>> = {
  x64: { path: '/lib64/ld-linux-x86-64.so.2', libraries: 'lib/x86_64-linux-gnu' },
  arm64: { path: '/lib/ld-linux-aarch64.so.1', libraries: 'lib/aarch64-linux-gnu' },
};

/**
 * Collects Node, the shared libraries that the loader of this machine finds for it and for the native modules, and the certificates that
 * this Node trusts. Time zones and locales are in Node itself. The same machine gives the same files.
 * @throws UserError serving-system-missing
 */
export async function collectLinuxSystem({ node, native, architecture, commands }: LinuxSystemOptions): Promise<SystemFiles> {
  const loader = loaders[architecture];
  if (loader === undefined) throw missing(`no loader is known for ${architecture}; known: ${Object.keys(loaders).join(', ')}`);
  const found = new Map<string, string>();
  for (const file of [node, ...native]) for (const [name, path] of await librariesOf(file, { loader, commands })) found.set(name, path);
  const own = new Set(native.map((file) => basename(file)));
  const libraries = [...found].filter(([name]) => !own.has(name)).sort(([a], [b]) => (a < b ? -1 : 1));
  const files: LayerFile[] = [
    { path: 'usr/local/bin/node', content: await read(node), executable: true },
    { path: loader.path.slice(1), content: await read(loader.path), executable: true },
    { path: 'etc/ssl/certs/ca-certificates.crt', content: Buffer.from(`${rootCertificates.join('\n')}\n`) },
  ];
  for (const [name, path] of libraries) files.push({ path: `${loader.libraries}/${name}`, content: await read(path), executable: true });
  return { files };
}

/** Name and place of every library that the loader would load, those of libraries included. */
async function librariesOf(file: string, { loader, commands }: { loader: Loader; commands: CommandRunner }): Promise<[string, string][]> {
  const { exitCode, stdout, stderr } = await commands.run(loader.path, ['--list', await realpath(file)]).catch((cause: unknown) => {
    throw missing(`${loader.path} cannot be run: the GNU C library is needed`, cause);
  });
  const absent = /^\s*(\S+) => not found/m.exec(stdout)?.[1];
  if (exitCode !== 0 || absent !== undefined) throw missing(absent === undefined ? `the libraries of ${file} cannot be listed: ${stderr.trim()}` : `${file} needs ${absent}, which is not installed`);
  return [...stdout.matchAll(/^\s*(\S+) => (\/\S+) \(/gm)].flatMap(([, name = '', path = '']) => (name.startsWith('/') ? [] : [[name, path] as [string, string]]));
}

async function read(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: unknown) => {
    throw missing(`${path} cannot be read`, cause);
  });
}

function missing(what: string, cause?: unknown): UserError {
  return new UserError('serving-system-missing', `an image without a base needs Node and its libraries from this machine, and ${what}`, {
    hint: 'Run on a Linux with the GNU C library (x64 or arm64), or build a base with serving/Dockerfile and name it in pipeline.yaml as serving.base.',
    cause,
  });
}
