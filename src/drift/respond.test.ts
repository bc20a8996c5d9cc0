import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { MemoryArtifactStore } from '../adapters/artifact-store/memory.ts';
import { MemoryGitHost } from '../adapters/git-host/memory.ts';
import { digestOf } from '../artifacts/digest.ts';
import { exampleVerdict } from '../../test/builders/example-verdict.ts';
import { writeGateVerdict } from '../gate/gate-verdict.ts';
import { loadPipeline } from '../pipeline/load-pipeline.ts';
import type { Notification } from '../ports/notifier.ts';
import { closeRefused, resolvePromoted } from './close-incident.ts';
import type { Finding } from './finding.ts';
import type { DriftRecord } from './history.ts';
import { currentIncident } from './incident.ts';
import { handleAlarm, type IncidentContext, recoverIncident } from './respond.ts';

const folder = join(import.meta.dirname, '../../pipelines/flight-delay');
const cause: Finding = { id: 'psi.departure_delay', title: 'PSI of departure_delay', kind: 'feature', state: 'signal', alarming: true, value: 0.21, threshold: '≤ 0.1', sampleSize: 25_000 };
const evaluation = digestOf('evaluation');
let context: IncidentContext & { store: MemoryArtifactStore; gitHost: MemoryGitHost };
let told: Notification[];

beforeEach(async () => {
  told = [];
  const store = new MemoryArtifactStore();
  await writeGateVerdict(store, evaluation, exampleVerdict());
  context = {
    store,
    pipeline: await loadPipeline(join(folder, 'pipeline.yaml')),
    asOf: 0,
    gitHost: new MemoryGitHost({ now: () => 0, sleep: () => Promise.resolve() }, 'main', { 'pipelines/flight-delay/training-window.yaml': await readFile(join(folder, 'training-window.yaml'), 'utf8') }),
    notifiers: [{ name: 'test', notify: (notification) => Promise.resolve(void told.push(notification)) }],
  };
});

const record = (day: string, result: DriftRecord['result']): DriftRecord => ({ schema: 'taxiway/drift-record/v1', model: 'flight-delay', environment: 'local', day, version: 1, rows: 20_000, result, signals: [], values: { 'performance.recall': 0.6 }, intervals: {} });

function alarm(day: string): ReturnType<typeof handleAlarm> {
  const input = { environment: 'local', pipelinePath: 'pipelines/flight-delay', version: 1, findings: [cause], causes: [cause], labelledUntil: Date.parse(day), history: [record(day, 'alarm')] };
  return handleAlarm(input, { ...context, asOf: Date.parse(`${day}T12:00:00Z`) });
}

describe('a lasting alarm', () => {
  test('opens one pull request whose only change is the training window', async () => {
    const answer = await alarm('2013-10-21');
    expect(answer).toMatchObject({ result: 'alarm', incident: 'flight-delay-1', pullRequest: 1 });
    const found = await context.gitHost.findPullRequest(answer.branch ?? '');
    expect(found?.body).toContain('PSI of departure\\_delay');
    const text = await context.gitHost.readFile(found?.head ?? '', 'pipelines/flight-delay/training-window.yaml');
    expect(text).toContain('test: { from: 2013-09-23, to: 2013-10-21 }');
    expect(text).toContain('# Half-open windows');
  });

  test('of a hundred concurrent checks opens one pull request and tells people under one key', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => alarm('2013-10-21')));
    expect(new Set(answers.map(({ pullRequest }) => pullRequest))).toEqual(new Set([1]));
    expect(new Set(told.map(({ key }) => key))).toEqual(new Set(['drift/flight-delay-1']));
  });

  test('is told once: the next weeks update the same pull request', async () => {
    await alarm('2013-10-21');
    expect(await alarm('2013-10-28')).toMatchObject({ result: 'alarm', pullRequest: 1 });
    expect(told).toHaveLength(1);
  });

  test('after a refusal waits, says until when, and tries again on a new branch', async () => {
    const first = await alarm('2013-10-21');
    await closeRefused({ environment: 'local', pullRequest: 1, evaluation }, context);
    expect((await context.gitHost.findPullRequest(first.branch ?? ''))?.state).toBe('closed');
    const waiting = await alarm('2013-11-11');
    expect(waiting.result).toBe('waiting');
    expect(waiting.sentence).toContain('next try when labels reach 2013-11-18');
    const second = await alarm('2013-11-18');
    expect(second).toMatchObject({ result: 'alarm', incident: 'flight-delay-1', pullRequest: 2 });
    expect(second.branch).not.toBe(first.branch);
  });

  test('refusing twice is refusing once', async () => {
    await alarm('2013-10-21');
    const input = { environment: 'local', pullRequest: 1, evaluation };
    expect(await closeRefused(input, context)).toEqual(await closeRefused(input, context));
    expect(context.gitHost.comments.size).toBe(1);
  });

  test('with the pull request closed by a person is a refusal too', async () => {
    await alarm('2013-10-21');
    await context.gitHost.closePullRequest(1, 'not now');
    expect((await alarm('2013-10-28')).result).toBe('waiting');
  });

  test('a gate that passed cannot be refused', async () => {
    await alarm('2013-10-21');
    await writeGateVerdict(context.store, evaluation, { ...exampleVerdict(), verdict: 'pass' });
    await expect(closeRefused({ environment: 'local', pullRequest: 1, evaluation }, context)).rejects.toThrow(/nothing to refuse/);
  });

  test('ends with the promotion of its challenger, once', async () => {
    await alarm('2013-10-21');
    const input = { environment: 'local', pullRequest: 1, evaluation };
    await resolvePromoted(input, context);
    await resolvePromoted(input, context);
    expect(await currentIncident(context.store, 'flight-delay')).toBeUndefined();
    expect(told.map(({ resolved }) => resolved)).toEqual([false, true]);
  });
});

test('a waiting incident whose drift has passed in every window looked at is over', async () => {
  await alarm('2013-07-22');
  await closeRefused({ environment: 'local', pullRequest: 1, evaluation }, context);
  const input = { environment: 'local', pipelinePath: 'pipelines/flight-delay', version: 1, findings: [], labelledUntil: 0 };
  const days = ['2013-07-29', '2013-08-05', '2013-08-12'];
  expect(await recoverIncident({ ...input, history: [record('2013-07-22', 'alarm'), ...days.slice(0, 2).map((day) => record(day, 'healthy'))] }, context)).toMatchObject({ sentence: expect.stringContaining('still waits') as string });
  expect(await recoverIncident({ ...input, history: days.map((day) => record(day, 'healthy')) }, context)).toMatchObject({ sentence: expect.stringContaining('has passed') as string });
  expect(await currentIncident(context.store, 'flight-delay')).toBeUndefined();
});
