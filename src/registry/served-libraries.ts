import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** A library that runs in the image: inside the service's bundle, or beside it because it has native code. */
export interface ServedLibrary {
  readonly name: string;
  readonly version: string;
  /** As its package names it, mostly an SPDX expression. */
  readonly license: string | undefined;
  /** SHA-512 of the package's archive as the lockfile has it, hexadecimal. */
  readonly sha512: string | undefined;
}

export interface ServedLibraryFolders {
  /** Has licenses.txt, where the build names every package of the bundle (scripts/licence-text.ts). */
  readonly serverBundle: string;
  readonly nativeModules: readonly string[];
  readonly featureModules?: readonly string[];
  /** package-lock.json of the release; undefined or not there: libraries without hashes. */
  readonly lockFile: string | undefined;
}

const packageSchema = z.object({ name: z.string(), version: z.string(), license: z.string().optional() });
const lockSchema = z.object({ packages: z.record(z.string(), z.object({ version: z.string().optional(), integrity: z.string().optional() })) });
/** A package's first two lines; the empty line tells them from the sentences of a licence. */
const heading = /^((?:@[a-z0-9-]+\/)?[a-zA-Z0-9._-]+) (\d+\.\d+\.\d+\S*)\n(\S[^\n]*)\n(?:\n|$)/gm;

/** Sorted by name and version, each once. */
export async function readServedLibraries({ serverBundle, nativeModules, featureModules = [], lockFile }: ServedLibraryFolders): Promise<ServedLibrary[]> {
  const bundled = [...((await readText(join(serverBundle, 'licenses.txt'))) ?? '').matchAll(heading)].map(([, name = '', version = '', license = '']) => ({ name, version, license: license === 'no licence named' ? undefined : license }));
  const native = await Promise.all([...nativeModules, ...featureModules].map(async (folder) => packageSchema.safeParse(parseJson(await readText(join(folder, 'package.json')))).data));
  const hashes = lockedHashes(lockFile === undefined ? undefined : await readText(lockFile));
  const libraries = new Map<string, ServedLibrary>();
  for (const found of [...bundled, ...native]) {
    if (found === undefined) continue;
    const id = `${found.name}@${found.version}`;
    libraries.set(id, { name: found.name, version: found.version, license: found.license, sha512: hashes.get(id) });
  }
  return [...libraries].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, library]) => library);
}

function lockedHashes(text: string | undefined): Map<string, string> {
  const { packages = {} } = lockSchema.safeParse(parseJson(text)).data ?? {};
  return new Map(
    Object.entries(packages).flatMap(([path, { version, integrity }]) => {
      const name = path.split('node_modules/').at(-1) ?? '';
      const [, base64] = /^sha512-(\S+)$/.exec(integrity ?? '') ?? [];
      return version === undefined || base64 === undefined ? [] : [[`${name}@${version}`, Buffer.from(base64, 'base64').toString('hex')] as const];
    }),
  );
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}
