import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { exampleVerdict } from '../../test/builders/example-verdict.ts';
import { publishResult } from './publish-result.ts';
import { SecretMask } from './secret-mask.ts';

let workspace: string;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'publish-'));
  vi.stubEnv('GITHUB_OUTPUT', join(workspace, 'output'));
  await writeFile(join(workspace, 'output'), '');
  vi.stubEnv('GITHUB_STEP_SUMMARY', undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(workspace, { recursive: true, force: true });
});

describe('publishing a result', () => {
  test.each([
    [undefined, '.taxiway/verdicts/evaluate-gate.html'],
    ['out/gate.json', 'out/gate.html'],
    ['out/gate', 'out/gate.html'],
  ])('puts the page beside the verdict: %s', async (verdictPath, page) => {
    await publishResult({ verdict: exampleVerdict(), outputs: {}, page: '<p>page</p>' }, { workspace, verdictPath, mask: new SecretMask() });
    expect(await readFile(join(workspace, page), 'utf8')).toBe('<p>page</p>');
  });

  test('lets no secret into the page', async () => {
    const mask = new SecretMask();
    mask.add('s3cr3t-value-of-a-key');
    await publishResult({ verdict: exampleVerdict(), outputs: {}, page: '<p>s3cr3t-value-of-a-key</p>' }, { workspace, verdictPath: undefined, mask });
    expect(await readFile(join(workspace, '.taxiway/verdicts/evaluate-gate.html'), 'utf8')).not.toContain('s3cr3t');
  });
});
