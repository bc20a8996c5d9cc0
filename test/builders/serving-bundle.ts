import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServingBaseInputs } from '../../src/packaging/serving-base.ts';

/** A service of a few lines that keeps the serving contract: its score is the column `x`, its model any bytes of the right digest. */
export const tinyService = `
import { createServer } from 'node:http';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
const { scale } = createRequire(import.meta.url)('tiny-native');
const digest = 'sha256:' + createHash('sha256').update(readFileSync(new URL('../model/model.onnx', import.meta.url))).digest('hex');
if (digest !== process.env.MODEL_DIGEST) { process.stderr.write('wrong model'); process.exit(1); }
if (process.env.SIMULATED_FAULT === 'crash') { process.stderr.write('simulated crash'); process.exit(1); }
const skew = process.env.SIMULATED_FAULT === 'skew' ? 0.2 : 0;
const server = createServer(async (request, response) => {
  if (request.url === '/health/ready') return response.writeHead(process.env.SIMULATED_FAULT === 'unready' ? 503 : 200).end();
  let text = '';
  for await (const chunk of request) text += chunk;
  const predictions = JSON.parse(text).rows.map((row) => ({ probability: row.x * scale + skew }));
  response.end(JSON.stringify({ model: { name: 'tiny', version: process.env.MODEL_VERSION, digest }, predictions }));
});
server.listen(Number(process.env.PORT), process.env.HOST);
process.on('SIGTERM', () => process.exit(0));
`;

/** A bundle and one native module on disk, under a new temporary folder. */
export async function servingBundle(): Promise<{ folder: string; inputs: ServingBaseInputs }> {
  const folder = await mkdtemp(join(tmpdir(), 'serving-bundle-'));
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  await write('dist/index.js', tinyService);
  await write('dist/package.json', '{"type":"module"}');
  await write('dist/index.js.map', 'not for the image');
  await write('modules/tiny-native/package.json', '{"name":"tiny-native","main":"dist/index.js"}');
  await write('modules/tiny-native/dist/index.js', 'exports.scale = 1;');
  await write('modules/tiny-native/dist/index.d.ts', 'types');
  await write('modules/tiny-native/script/install.js', 'install');
  await write('modules/tiny-native/LICENSE', 'licence');
  for (const target of ['linux/x64', 'linux/arm64', 'darwin/arm64']) await write(`modules/tiny-native/bin/napi-v6/${target}/binding.node`, target);
  return {
    folder,
    inputs: {
      serverBundle: join(folder, 'dist'),
      nativeModules: [join(folder, 'modules', 'tiny-native')],
      platform: { system: 'linux', architecture: 'x64' },
    },
  };
}
