import { createHash } from 'node:crypto';
import { open, readdir } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { canonicalJson } from '../artifacts/canonical-json.ts';
import { type Digest, digestOf } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';

/**
 * The SHA-256 of the code that runs: over the paths and digests of every JavaScript file of every action's bundle in this checkout, sorted, so that all steps of one
 * release have the same one. From sources, when `actions/<step>/main.ts` itself is run, it is over all sources and the lockfile instead, and never equals that of bundles.
 * Line endings count; a checkout that rewrites them is other code.
 *
 * @param scriptPath the file that Node was started with
 * @throws UserError code-unreadable
 */
export async function codeDigest(scriptPath: string): Promise<Digest> {
  const bundled = basename(dirname(scriptPath)) === 'dist';
  const home = resolve(dirname(scriptPath), bundled ? '../../..' : '../..');
  try {
    const paths = bundled ? await bundleFiles(home) : await sourceFiles(home);
    if (paths.length === 0) throw new Error('there are none');
    const digests: Record<string, string> = {};
    // One buffer for some thirty megabytes: clearing fresh memory would take longer than hashing, and every step of a pipeline pays for it.
    const buffer = Buffer.allocUnsafe(1024 * 1024);
    for (const path of paths) digests[path.split(sep).join('/')] = await hashFile(join(home, path), buffer);
    return digestOf(canonicalJson({ [bundled ? 'bundles' : 'sources']: digests }));
  } catch (cause) {
    throw new UserError('code-unreadable', `${bundled ? 'the bundles' : 'the sources'} of Taxiway under ${home} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      hint: 'Use a complete checkout of one release: the actions of a release are judged together.',
      cause,
    });
  }
}

async function bundleFiles(home: string): Promise<string[]> {
  const steps = await readdir(join(home, 'actions'));
  const found = await Promise.all(
    steps.map(async (step) => {
      const folder = join('actions', step, 'dist');
      return (await filesOrNone(join(home, folder))).filter((name) => name.endsWith('.js')).map((name) => join(folder, name));
    }),
  );
  return found.flat();
}

async function sourceFiles(home: string): Promise<string[]> {
  const sources = (await readdir(join(home, 'src'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /(?<!\.test)\.ts$/.test(entry.name))
    .map((entry) => relative(home, join(entry.parentPath, entry.name)));
  const steps = (await readdir(join(home, 'actions'))).map((step) => join('actions', step, 'main.ts'));
  return [...sources, ...steps, 'package-lock.json'];
}

/** A folder of actions/ that is no bundled action has no bundle. */
async function filesOrNone(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return [];
    throw error;
  }
}

async function hashFile(path: string, buffer: Buffer): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'r');
  try {
    for (let { bytesRead } = await file.read(buffer); bytesRead > 0; { bytesRead } = await file.read(buffer)) hash.update(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}
