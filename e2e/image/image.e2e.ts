import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { childProcessRunner } from '../../local/cluster/child-process-runner.ts';
import { tinyModelBytes, tinyProbability, tinyRow } from '../../serving/test-fixtures/tiny-service.ts';
import { EcrImageRegistry } from '../../src/adapters/image-registry/ecr/ecr.ts';
import { OciImageRegistry } from '../../src/adapters/image-registry/oci/oci.ts';
import { collectLinuxSystem } from '../../src/adapters/serving-system/linux.ts';
import { digestOf } from '../../src/artifacts/digest.ts';
import { askImage } from '../../src/packaging/ask-image.ts';
import { goldenRequestsSchema, type GoldenRows } from '../../src/packaging/golden-check.ts';
import { type ModelImage, packageModel } from '../../src/packaging/package-model.ts';
import { buildServingBase, nativeFiles, type ServingBase, type ServingBaseInputs } from '../../src/packaging/serving-base.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { imageRegistryContract } from '../../test/contract/image-registry.ts';
import { type Containers, startContainers } from './containers.ts';
import { findImageEngines } from './engines.ts';
import { freePort } from './start-server.ts';
import { region, type Registries, startRegistries } from './start-registries.ts';
import { untilReady } from './until-ready.ts';

const repository = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'e2e-image-'));
const engines = findImageEngines();
if (engines === undefined) throw new Error('main.ts looked for the programs first');
let registries: Registries;
let containers: Containers;
let named = 0;

beforeAll(async () => {
  registries = await startRegistries(engines, folder);
  containers = await startContainers(engines, folder);
});
afterAll(async () => {
  await containers.stop();
  await registries.stop();
  rmSync(folder, { recursive: true, force: true });
});

const nextName = (): string => `${registries.host}/team/delay-ml-${(named += 1)}`;
const openOci = (name = nextName()): OciImageRegistry => new OciImageRegistry({ repository: name, credentials: async () => registries.credentials, chunkSize: 5_000_000 });
const openEcr = (name = nextName()): EcrImageRegistry => new EcrImageRegistry({ repository: name, region, endpoint: registries.endpoint, clock: systemClock });

imageRegistryContract('oci, against docker-registry', { open: async () => openOci(), close: async () => undefined });
imageRegistryContract('ecr, against moto and docker-registry', { open: async () => openEcr(), close: async () => undefined });

const platform = { system: process.platform, architecture: process.arch };
const modules = ['onnxruntime-node', 'onnxruntime-common'].map((name) => join(repository, 'node_modules', name));
const baseInputs: ServingBaseInputs = {
  serverBundle: join(repository, 'serving/dist'),
  nativeModules: modules,
  platform,
  system: async () => collectLinuxSystem({ node: process.execPath, native: await nativeFiles(modules, platform), architecture: process.arch, commands: childProcessRunner }),
};

/** The gate's own, where E2E_IMAGE_MODEL and E2E_IMAGE_GOLDEN name a model.onnx and its golden.json; else a small model worked out by hand. */
function subject(): { model: Uint8Array; golden: GoldenRows; tolerance: number } {
  const { E2E_IMAGE_MODEL: model, E2E_IMAGE_GOLDEN: golden } = process.env;
  if (model !== undefined && golden !== undefined) return { model: readFileSync(model), golden: goldenRequestsSchema.parse(JSON.parse(readFileSync(golden, 'utf8'))).rows, tolerance: 1e-6 };
  const rows = [tinyRow, { ...tinyRow, departure_delay: null, distance: 100, carrier: 'UA' }, { ...tinyRow, departure_delay: 180, distance: null, carrier: null }];
  return { model: tinyModelBytes, golden: rows.map((columns) => ({ columns, probability: tinyProbability(columns) })), tolerance: 1e-6 };
}

async function packageOn(images: OciImageRegistry | EcrImageRegistry, version = 1): Promise<{ base: ServingBase; image: ModelImage }> {
  const base = await buildServingBase(images, baseInputs);
  const image = await packageModel(images, { base, model: subject().model, version, labels: { 'org.opencontainers.image.title': 'delay-ml' } });
  return { base, image };
}

describe('an image of the real service', () => {
  it('has the same digest twice, from two registries', async () => {
    const [first, second] = [await packageOn(openOci()), await packageOn(openOci())];
    expect(second.image.digest).toBe(first.image.digest);
    expect(second.base.layers).toEqual(first.base.layers);
  });

  it('lands in ECR: repository made, tagged once, described, and read back byte for byte', async () => {
    const images = openEcr();
    const { image, base } = await packageOn(images);
    await images.putManifest('model_v1', image.manifest);
    expect(await images.describeImage({ tag: 'model_v1' })).toMatchObject({ imageDigest: image.digest, imageTags: ['model_v1'] });
    expect(await openEcr(images.repository).resolveTag('model_v1')).toBe(image.digest);
    for (const digest of [image.digest, image.config.digest, image.modelLayer.digest, ...base.layers.map((layer) => layer.digest)]) {
      expect(digestOf((await images.readBlob(digest)) ?? new Uint8Array())).toBe(digest);
    }
    const other = await packageModel(images, { base, model: subject().model, version: 2, labels: {} });
    await expect(images.putManifest('model_v1', other.manifest)).rejects.toMatchObject({ code: 'image-tag-taken' });
  });

  it('is built on a base of another repository without its bytes going through here', async () => {
    const home = openOci();
    const base = await buildServingBase(home, baseInputs);
    const away = openOci();
    const taken = await buildServingBase(away, { registry: home, digest: digestOf((await home.readBlob(base.labels['org.opencontainers.image.base.digest'] ?? '')) ?? ''), platform });
    expect(taken.layers.map(({ digest }) => digest)).toEqual(base.layers.map(({ digest }) => digest));
    expect(taken).toMatchObject({ user: '10001:10001', entrypoint: ['node', '/app/server/index.js'] });
    for (const { digest } of base.layers) expect(await away.hasBlob(digest)).toBe(true);
  });

  it('answers the golden requests when it is unpacked from the registry', async () => {
    const images = openOci();
    const { image } = await packageOn(images);
    const { golden, tolerance } = subject();
    const answer = await askImage({ imageDigest: image.digest, modelDigest: image.modelDigest, rows: golden }, { images, clock: systemClock, folder: join(folder, 'unpacked'), nodeProgram: process.execPath });
    expect(answer, JSON.stringify(answer)).toMatchObject({ kind: 'answered', rows: golden.length });
    expect(answer.kind === 'answered' ? answer.maximumDifference : 1).toBeLessThanOrEqual(tolerance);
  });

  it('runs in a container, read-only, with 512 MB, no capabilities and no root, and answers what the gate saw', async () => {
    const images = openEcr();
    const { image } = await packageOn(images);
    const { username, password } = registries.credentials;
    const reference = `${images.repository}@${image.digest}`;
    containers.pull(reference, `${username}:${password}`);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const container = containers.run({ id: 'delay-ml', image: reference, environment: { PORT: String(port), HOST: '127.0.0.1', IMAGE_DIGEST: image.digest, DRAIN_MINIMUM_MS: '0' } });
    try {
      await untilReady(`${url}/health/ready`);
      const { golden, tolerance } = subject();
      const response = await fetch(`${url}/predict`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ rows: golden.map(({ columns }) => columns) }) });
      expect(response.status, await response.clone().text()).toBe(200);
      const { predictions } = (await response.json()) as { predictions: { probability: number }[] };
      expect(predictions).toHaveLength(golden.length);
      for (const [row, { probability }] of golden.entries()) expect(Math.abs((predictions[row]?.probability ?? 1) - probability)).toBeLessThanOrEqual(tolerance);
      const status = containers.statusOf('delay-ml');
      expect(status).toMatch(/^Uid:\t10001\t10001\t10001\t10001$/m);
      for (const set of ['CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) expect(status).toMatch(new RegExp(`^${set}:\t0+$`, 'm'));
      expect(status).toMatch(/^NoNewPrivs:\t1$/m);
      process.stderr.write(`container: ${/^VmRSS:.*$/m.exec(status)?.[0]}; image ${image.digest}\n`);
    } finally {
      await container.stop();
    }
  });
});
