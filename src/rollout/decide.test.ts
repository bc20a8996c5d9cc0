import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../artifacts/digest.ts';
import type { MetricAnswer } from '../ports/metric-source.ts';
import { concludeChecks } from '../verdict/verdict.ts';
import { addAnswer, emptyTally } from './answer-tally.ts';
import { decideRollout } from './decide.ts';
import type { RolloutLimits, RolloutObservations } from './observations.ts';

const limits: RolloutLimits = { readyDeadline: 300_000, latencyP95: 0.1, errorRate: 0.01, distributionTolerance: 0.1, scoreTolerance: 1e-6, minimumRequests: 100 };
const expected = { imageDigest: digestOf('image'), modelDigest: digestOf('model') };
const pod = { name: 'p', imageDigest: expected.imageDigest as string, ready: true, restarts: 0, url: 'http://p', reason: undefined };
const row = { columns: { flight_id: 'x' }, probability: 0.6, championProbability: 0.5 };

function tallyOf(requests: number, probability = 0.6, modelDigest: string = expected.modelDigest) {
  let tally = emptyTally;
  const answer = { kind: 'answered' as const, modelDigest, predictions: [{ probability, decision: probability >= 0.5 ? (1 as const) : (0 as const) }] };
  for (let index = 0; index < requests; index += 1) tally = addAnswer(tally, [row], { answer, threshold: 0.5 });
  return tally;
}

const good: RolloutObservations = {
  expected,
  cluster: { appliedCommit: 'abc', reconcileError: undefined, desiredReplicas: 2, pods: [pod, pod], serviceUrl: 'http://s' },
  applied: expected,
  gaveUp: false,
  readyDeadlinePassed: false,
  latency: { kind: 'value', value: 0.05, sampleSize: 100 },
  errorRate: { kind: 'value', value: 0, sampleSize: 100 },
  answers: tallyOf(100),
};
const judge = (change: Partial<RolloutObservations>) => concludeChecks(decideRollout({ ...good, ...change }, limits));
const one = (change: Partial<RolloutObservations>, id: string) => decideRollout({ ...good, ...change }, limits).find((check) => check.id === id);

describe('the verdict on a rollout', () => {
  it('passes what is proved in every respect', () => {
    expect(judge({})).toBe('pass');
  });

  it('never passes on a metric that is missing, not finite, negative or too small a sample', () => {
    const bad: fc.Arbitrary<MetricAnswer> = fc.oneof(
      fc.string().map((reason) => ({ kind: 'unavailable' as const, reason })),
      fc.record({ kind: fc.constant('value' as const), value: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0.001), sampleSize: fc.nat() }),
      fc.record({ kind: fc.constant('value' as const), value: fc.double({ min: 0, max: 0.001 }), sampleSize: fc.integer({ min: -5, max: 99 }) }),
      fc.record({ kind: fc.constant('value' as const), value: fc.double({ min: 0, max: 0.001 }), sampleSize: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 100.5) }),
    );
    fc.assert(
      fc.property(bad, fc.boolean(), (answer, latency) => {
        expect(judge(latency ? { latency: answer } : { errorRate: answer })).toBe('inconclusive');
      }),
      { numRuns: 2000 },
    );
  });

  it('treats the limits as limits: below passes, at them fails', () => {
    expect(judge({ latency: { kind: 'value', value: 0.0999, sampleSize: 100 } })).toBe('pass');
    expect(judge({ latency: { kind: 'value', value: 0.1, sampleSize: 100 } })).toBe('fail');
    expect(judge({ errorRate: { kind: 'value', value: 0.01, sampleSize: 100 } })).toBe('fail');
  });

  it('fails another score at once, and equal scores only count with enough of them', () => {
    expect(one({ answers: tallyOf(1, 0.600002) }, 'score-difference')?.verdict).toBe('fail');
    expect(one({ answers: tallyOf(1, Number.NaN) }, 'score-difference')?.verdict).toBe('fail');
    expect(one({ answers: tallyOf(99) }, 'score-difference')?.verdict).toBe('inconclusive');
    expect(one({ answers: emptyTally }, 'score-difference')?.verdict).toBe('inconclusive');
  });

  it('judges the distribution against what the gate accepted, not against the champion', () => {
    const checks = decideRollout(good, limits);
    expect(checks.find(({ id }) => id === 'mean-score')).toMatchObject({ verdict: 'pass', value: expect.closeTo(0.6) });
    expect(checks.find(({ id }) => id === 'champion-mean-score')).toMatchObject({ severity: 'info', value: expect.closeTo(0.5), message: 'the gate accepted a change of +20.00 %' });
    expect(one({ answers: tallyOf(100, 0.67) }, 'mean-score')?.verdict).toBe('fail');
    expect(one({ answers: tallyOf(100, 0.4) }, 'positive-rate')).toMatchObject({ verdict: 'fail', value: 0 });
  });

  it('says how often the champion decides at its own threshold, not at the candidate’s', () => {
    const answer = { kind: 'answered' as const, modelDigest: expected.modelDigest, predictions: [{ probability: 0.6, decision: 1 as const }] };
    const answers = addAnswer(emptyTally, [row], { answer, threshold: 0.5, championThreshold: 0.55 });
    expect(one({ answers }, 'champion-positive-rate')).toMatchObject({ value: 0, details: { champion: 0, candidate: 1 } });
  });

  it('fails when registry, commit and service name different models', () => {
    expect(one({ applied: { ...expected, modelDigest: digestOf('other') } }, 'model-digest')?.verdict).toBe('fail');
    expect(one({ answers: tallyOf(100, 0.6, digestOf('other')) }, 'model-digest')?.verdict).toBe('fail');
  });

  it('waits for pods, and holds it against the image only when its own commit is applied', () => {
    const cluster = { appliedCommit: 'abc', reconcileError: undefined, desiredReplicas: 2, pods: [pod, { ...pod, ready: false, reason: 'starting' }], serviceUrl: 'http://s' };
    expect(judge({ cluster })).toBe('inconclusive');
    expect(judge({ cluster, readyDeadlinePassed: true })).toBe('fail');
    expect(judge({ cluster, gaveUp: true })).toBe('fail');
    expect(judge({ cluster, readyDeadlinePassed: true, applied: undefined })).toBe('inconclusive');
    expect(judge({ cluster: { unreachable: 'refused' }, readyDeadlinePassed: true })).toBe('inconclusive');
    expect(judge({ cluster: { ...cluster, pods: [pod, pod, { ...pod, imageDigest: digestOf('old') }] } })).toBe('inconclusive');
    expect(judge({ cluster: { ...cluster, desiredReplicas: 0, pods: [] } })).toBe('inconclusive');
  });
});
