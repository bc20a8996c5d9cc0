import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tinyModelBytes, tinyProbability, tinyRow } from '../../serving/test-fixtures/tiny-service.ts';
import { OciImageRegistry } from '../../src/adapters/image-registry/oci/oci.ts';
import { parseDigest } from '../../src/artifacts/digest.ts';
import { packageModel } from '../../src/packaging/package-model.ts';
import { buildServingBase } from '../../src/packaging/serving-base.ts';
import { type Containers, startContainers } from './containers.ts';
import { findDockerfileBuilder } from './docker-base.ts';
import { findImageEngines } from './engines.ts';
import { freePort } from './start-server.ts';
import { type Registries, startRegistries } from './start-registries.ts';
import { untilReady } from './until-ready.ts';

const repository = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'e2e-dockerfile-'));
const engines = findImageEngines();
if (engines === undefined) throw new Error('main.ts looked for the programs first');
const builder = findDockerfileBuilder(folder);
let registries: Registries;
let containers: Containers;

beforeAll(async () => {
  registries = await startRegistries(engines, folder);
  containers = await startContainers(engines, folder);
});
afterAll(async () => {
  await containers.stop();
  await registries.stop();
  rmSync(folder, { recursive: true, force: true });
});

it.skipIf(builder === undefined)('serving/Dockerfile builds a base that a model is packaged on, and that answers in a container', { timeout: 600_000 }, async () => {
  const { username, password } = registries.credentials;
  const user = `${username}:${password}`;
  const name = `${registries.host}/team/serving-base`;
  const revision = '0123456789abcdef0123456789abcdef01234567';
  builder?.buildAndPush(repository, { to: `${name}:test`, user, arguments: { SOURCE: 'https://github.com/you/repo', REVISION: revision } });
  const open = (at: string): OciImageRegistry => new OciImageRegistry({ repository: at, credentials: async () => registries.credentials });
  const home = open(name);
  const digest = parseDigest((await home.resolveTag('test')) ?? '', 'the base');

  const images = open(`${registries.host}/team/delay-ml`);
  const base = await buildServingBase(images, { registry: home, digest, platform: { system: process.platform, architecture: process.arch } });
  expect(base).toMatchObject({ user: '10001:10001', entrypoint: ['node', '/app/server/index.js'], labels: { 'org.opencontainers.image.source': 'https://github.com/you/repo', 'org.opencontainers.image.revision': revision } });
  const image = await packageModel(images, { base, model: tinyModelBytes, version: 1, labels: {} });

  const reference = `${images.repository}@${image.digest}`;
  containers.pull(reference, user);
  const port = await freePort();
  const container = containers.run({ id: 'dockerfile', image: reference, environment: { PORT: String(port), HOST: '127.0.0.1', DRAIN_MINIMUM_MS: '0' } });
  try {
    await untilReady(`http://127.0.0.1:${port}/health/ready`);
    const response = await fetch(`http://127.0.0.1:${port}/predict`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ rows: [tinyRow] }) });
    const { predictions } = (await response.json()) as { predictions: { probability: number }[] };
    expect(predictions[0]?.probability).toBeCloseTo(tinyProbability(tinyRow), 6);
    expect(containers.statusOf('dockerfile')).toMatch(/^Uid:\t10001\t/m);
  } finally {
    await container.stop();
  }
  process.stderr.write(`serving/Dockerfile: ${base.layers.length} layers, ${Math.round(base.layers.reduce((sum, { size }) => sum + size, 0) / 1e6)} MB compressed\n`);
});
