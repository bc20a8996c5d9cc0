import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface PackageManifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/** Name, version, licence and licence text of every package that the files belong to, sorted by name. */
export async function licenceText(files: ReadonlySet<string>): Promise<string> {
  const folders = new Set([...files].flatMap((file) => packageFolder(file) ?? []));
  const entries = await Promise.all([...folders].map(describe));
  return entries.sort().join('\n');
}

function packageFolder(file: string): string | undefined {
  const normal = file.replaceAll('\\', '/');
  const start = normal.lastIndexOf('/node_modules/');
  if (start === -1) return undefined;
  const [scope, name] = normal.slice(start + '/node_modules/'.length).split('/');
  if (scope === undefined) return undefined;
  const folder = normal.slice(0, start) + '/node_modules/' + (scope.startsWith('@') ? `${scope}/${name ?? ''}` : scope);
  return existsSync(join(folder, 'package.json')) ? folder : undefined;
}

async function describe(folder: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as PackageManifest;
  const file = (await readdir(folder)).sort().find((name) => /^licen[cs]e(\.\w+)?$/i.test(name));
  const text = file === undefined ? '' : `\n${(await readFile(join(folder, file), 'utf8')).replaceAll('\r\n', '\n').trim()}\n`;
  return `${manifest.name} ${manifest.version}\n${manifest.license ?? 'no licence named'}\n${text}`;
}
