import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findImageEngines } from '../../e2e/image/engines.ts';
import { startRegistries, type Registries } from '../../e2e/image/start-registries.ts';
import { execCommandRunner } from '../../src/action/command-runner.ts';
import { OciImageRegistry } from '../../src/adapters/image-registry/oci/oci.ts';
import { collectLinuxSystem } from '../../src/adapters/serving-system/linux.ts';
import { packageModel } from '../../src/packaging/package-model.ts';
import { buildServingBase, nativeFiles, type ServingBaseInputs } from '../../src/packaging/serving-base.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { type BenchReport, type BenchResult, median } from '../bench-report.ts';

const limits = { seconds: 2, bytes: 1_000_000 };
/** As large as the real model; packaging looks at none of its bytes. */
const modelBytes = 217_000;

interface Round {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Sent in bodies, the model's own taken off. */
  readonly pushed: number;
}

/** A new version onto a base that the registry has: base found again, image built, pushed and tagged, at a real registry on this machine. */
export async function benchPackaging({ quick }: { readonly quick: boolean }): Promise<BenchReport> {
  process.env['AWS_ACCESS_KEY_ID'] ??= 'taxiway-bench';
  process.env['AWS_SECRET_ACCESS_KEY'] ??= 'taxiway-bench-secret';
  const engines = findImageEngines();
  if (engines === undefined) throw new Error('the registry is not installed');
  const folder = await mkdtemp(join(tmpdir(), 'taxiway-packaging-bench-'));
  const registries = await startRegistries(engines, folder);
  try {
    const rounds = quick ? 2 : 10;
    await packageOnce(registries, 1);
    const measured: Round[] = [];
    for (let version = 2; version < rounds + 2; version += 1) measured.push(await packageOnce(registries, version));
    console.table(measured);
    return {
      bench: 'packaging',
      results: [
        againstLimit('a version onto an existing base, s', { ours: median(measured.map(({ seconds }) => seconds)), limit: limits.seconds, rounds, bar: 1 }),
        againstLimit('a version onto an existing base, CPU s', { ours: median(measured.map(({ cpuSeconds }) => cpuSeconds)), limit: limits.seconds, rounds, bar: null }),
        againstLimit('pushed besides the model, bytes', { ours: Math.max(...measured.map(({ pushed }) => pushed)), limit: limits.bytes, rounds, bar: 1 }),
      ],
    };
  } finally {
    await registries.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function packageOnce(registries: Registries, version: number): Promise<Round> {
  let sent = 0;
  const counting: typeof fetch = (input, init) => {
    if (init?.body instanceof Uint8Array) sent += init.body.byteLength;
    if (init?.body instanceof Blob) sent += init.body.size;
    return fetch(input, init);
  };
  const http = { fetch: counting, clock: systemClock, random: Math.random };
  const images = new OciImageRegistry({ repository: `${registries.host}/delay-ml`, credentials: async () => registries.credentials, http });
  const model = new Uint8Array(modelBytes).fill(version);
  const [begin, cpu] = [performance.now(), process.cpuUsage()];
  const base = await buildServingBase(images, servingBaseInputs());
  const { manifest } = await packageModel(images, { base, model, version, labels: {} });
  await images.putManifest(`model_v${version}`, manifest);
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (performance.now() - begin) / 1000, cpuSeconds: (user + system) / 1e6, pushed: sent - modelBytes };
}

function servingBaseInputs(): ServingBaseInputs {
  const repository = join(import.meta.dirname, '../..');
  const modules = (names: readonly string[]): string[] => names.map((name) => join(repository, 'node_modules', name));
  const nativeModules = modules(['onnxruntime-node', 'onnxruntime-common']);
  const featureModules = modules(['@duckdb/node-api', '@duckdb/node-bindings', `@duckdb/node-bindings-${process.platform}-${process.arch}`]);
  const platform = { system: process.platform, architecture: process.arch };
  return {
    serverBundle: join(repository, 'serving/dist'),
    nativeModules,
    featureModules,
    platform,
    system: async () => collectLinuxSystem({ node: process.execPath, native: await nativeFiles([...nativeModules, ...featureModules], platform), architecture: process.arch, commands: execCommandRunner }),
  };
}

function againstLimit(metric: string, { ours, limit, rounds, bar }: { ours: number; limit: number; rounds: number; bar: number | null }): BenchResult {
  return { metric, ours, peer: 'limit', peerValue: limit, ratio: ours / limit, bar, rounds };
}
