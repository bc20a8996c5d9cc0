/**
 * Writes every generated file but the bundles: schema/, every action.yml, the tables of the actions' READMEs, docs/errors.md.
 * Usage: node scripts/generate.ts [--check]
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { allDefinitions } from '../src/action/definitions/all-definitions.ts';
import { actionYaml } from './action-yaml.ts';
import { errorsMarkdown } from './errors-markdown.ts';
import { jsonSchemas } from './json-schemas.ts';
import { readmeWithTables } from './readme-tables.ts';

const root = dirname(import.meta.dirname);
const check = process.argv.includes('--check');

const files = new Map<string, string>([...jsonSchemas(), ['docs/errors.md', errorsMarkdown()]]);
for (const definition of allDefinitions) {
  const folder = `actions/${definition.step}`;
  files.set(`${folder}/action.yml`, actionYaml(definition));
  files.set(`${folder}/README.md`, readmeWithTables(await present(`${folder}/README.md`), definition));
}

let stale = 0;
for (const [path, text] of files) {
  if ((await present(path)) === text) continue;
  if (check) {
    stale += 1;
    console.error(`${path} differs from what it is generated from; run npm run generate`);
  } else {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
    console.log(path);
  }
}
if (check && stale === 0) console.log(`${files.size} generated files are up to date`);
process.exitCode = stale === 0 ? 0 : 1;

function present(path: string): Promise<string> {
  return readFile(join(root, path), 'utf8').catch(() => '');
}
