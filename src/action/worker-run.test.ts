import { describe, expect, it } from 'vitest';
import { workerRun } from './worker-run.ts';

describe('the run of a tuning worker', () => {
  it('is that of the workflow and its job, whichever attempt and machine', () => {
    const first = { GITHUB_RUN_ID: '77', GITHUB_JOB: 'trials', GITHUB_RUN_ATTEMPT: '1' };
    expect(workerRun({ ...first, GITHUB_RUN_ATTEMPT: '2' }, 'b')).toBe(workerRun(first, 'a'));
    expect(workerRun({ ...first, GITHUB_RUN_ID: '78' }, 'a')).not.toBe(workerRun(first, 'a'));
    expect(workerRun({ ...first, GITHUB_JOB: 'more' }, 'a')).not.toBe(workerRun(first, 'a'));
  });

  it('is the machine outside a workflow', () => {
    expect(workerRun({}, 'a')).toBe(workerRun({ GITHUB_RUN_ID: '' }, 'a'));
    expect(workerRun({}, 'b')).not.toBe(workerRun({}, 'a'));
  });
});
