import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/**
 * A folder e2e/.cache/<name>-<hash> with the modules of runtime/<name>/package-lock.json, install scripts off, and with what
 * `complete` adds. It appears under its name only when it is whole, so a build that was cut off is begun anew.
 */
export function runtimeCache(name: string, more = '', complete?: (folder: string) => void): string {
  const locked = join(root, 'runtime', name);
  const key = createHash('sha256').update(readFileSync(join(locked, 'package-lock.json'))).update(`${more} ${process.platform} ${process.arch}`).digest('hex').slice(0, 16);
  const folder = join(root, 'e2e/.cache', `${name}-${key}`);
  if (existsSync(folder)) return folder;
  const building = `${folder}.building`;
  rmSync(building, { recursive: true, force: true });
  mkdirSync(building, { recursive: true });
  for (const file of ['package.json', 'package-lock.json', '.npmrc']) copyFileSync(join(locked, file), join(building, file));
  console.log(`Installing runtime/${name} into e2e/.cache; this happens once.`);
  execFileSync('npm', ['ci', '--ignore-scripts', '--silent'], { cwd: building, stdio: 'inherit' });
  complete?.(building);
  renameSync(building, folder);
  return folder;
}
