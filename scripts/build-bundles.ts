/**
 * Builds every action's dist/ and serving/dist/. With --check it builds into memory and compares with what is committed.
 * Usage: node scripts/build-bundles.ts [--check] [name …]
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildBundle } from './bundle.ts';

const root = dirname(import.meta.dirname);
process.chdir(root);
const arguments_ = process.argv.slice(2);
const check = arguments_.includes('--check');
const names = arguments_.filter((argument) => !argument.startsWith('--'));

interface Target {
  readonly name: string;
  readonly entry: string;
  readonly folder: string;
}

const targets: Target[] = (await readdir('actions'))
  .sort()
  .map((name) => ({ name, entry: `actions/${name}/main.ts`, folder: `actions/${name}/dist` }))
  .concat({ name: 'serving', entry: 'serving/src/main.ts', folder: 'serving/dist' })
  .filter(({ name, entry }) => existsSync(entry) && (names.length === 0 || names.includes(name)));

let stale = 0;
for (const target of targets) {
  const files = await buildBundle(join(root, target.entry));
  const size = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (check) {
    const differences = await compare(target.folder, files);
    stale += differences.length;
    for (const difference of differences) console.error(`${target.folder}/${difference}; run npm run build`);
  } else {
    await write(target.folder, files);
  }
  console.log(`${target.name}: ${files.size} files, ${(size / 1024).toFixed(0)} KiB`);
}
process.exitCode = stale === 0 ? 0 : 1;

async function write(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const [name, text] of files) await writeFile(join(folder, name), text);
}

async function compare(folder: string, files: ReadonlyMap<string, string>): Promise<string[]> {
  const present = existsSync(folder) ? await readdir(folder) : [];
  const differences = present.filter((name) => !files.has(name)).map((name) => `${name} is not made by the build`);
  for (const [name, text] of files) {
    const committed = present.includes(name) ? await readFile(join(folder, name), 'utf8') : undefined;
    if (committed !== text) differences.push(`${name} ${committed === undefined ? 'is missing' : 'differs from its source'}`);
  }
  return differences;
}
