import { expect, test } from 'vitest';
import { MemoryGitHost } from '../adapters/git-host/memory.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { commentVerdict } from './comment-verdict.ts';

test('a step has one comment on a pull request: a later verdict takes the place of the earlier one', async () => {
  const gitHost = new MemoryGitHost({ now: () => 0, sleep: () => Promise.resolve() }, 'main', { 'a.txt': 'a' });
  const { number } = await gitHost.upsertPullRequest({ branch: 'data', base: 'main', title: 'Data', body: '', labels: [], changes: [{ path: 'a.txt', text: 'b' }] });
  const verdict = (summary: string): Verdict => ({
    schema: 'taxiway/verdict/v1',
    step: 'validate-data',
    verdict: 'pass',
    summary,
    subjects: { in: {}, out: {} },
    pipeline: { name: 'flight-delay', digest: 'sha256:0' },
    code: { commit: '0' },
    asOf: '2013-01-01T00:00:00.000Z',
    checks: [],
  });
  await commentVerdict(gitHost, number, verdict('3 rows'));
  await commentVerdict(gitHost, number, verdict('4 rows'));
  expect([...gitHost.comments.values()]).toHaveLength(1);
  const [text] = gitHost.comments.values();
  expect(text).toContain('<!-- taxiway:validate-data:flight-delay -->');
  expect(text).toContain('4 rows');
});
