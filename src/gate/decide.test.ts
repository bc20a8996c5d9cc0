import { describe, expect, test } from 'vitest';
import { digestOf } from '../artifacts/digest.ts';
import { metricNames } from '../metrics/day-weighted-metrics.ts';
import type { GateSection } from '../pipeline/schema/gate.ts';
import { concludeChecks } from '../verdict/verdict.ts';
import { decideGate, onlyUnproven } from './decide.ts';
import type { Estimate } from './estimate.ts';
import type { Evaluation } from './evaluation.ts';
import type { LatencyMeasurement } from './latency.ts';

const gate: GateSection = {
  'value-checks': [
    { metric: 'accuracy', minimum: 0.85, decides: 'always' },
    { metric: 'recall', minimum: 0.8, decides: 'always' },
    { metric: 'latency-p95', maximum: 50, unit: 'millisecond' },
  ],
  'change-checks': [
    { metric: 'accuracy', 'minimum-change': 0.02 },
    { metric: 'brier', 'minimum-change': 0.001 },
    { metric: 'latency', 'maximum-ratio': 1.1 },
  ],
  slices: [],
  bootstrap: { replicates: 2000 },
  'golden-requests': 200,
};

function estimate(value: number | null, half = 0.01): Estimate {
  return { value, interval: value === null ? null : [value - half, value + half], sampleSize: 20_000 };
}
function metrics(values: Partial<Record<(typeof metricNames)[number], Estimate>>): Evaluation['candidate'] {
  return Object.fromEntries(metricNames.map((name) => [name, values[name] ?? estimate(0.5)])) as Evaluation['candidate'];
}
function evaluation(overrides: Partial<Evaluation> = {}): Evaluation {
  const candidate = metrics({ accuracy: estimate(0.88), recall: estimate(0.82) });
  return { schema: 'taxiway/evaluation/v1', rows: 20_000, positives: 5000, days: 31, candidate, baselines: [], slices: [], ...overrides };
}
function challenger(accuracy: Estimate, brier = estimate(-0.005, 0.001)): Evaluation {
  return evaluation({ champion: metrics({}), differences: metrics({ accuracy, brier }) });
}
const latency: LatencyMeasurement = { p95: 2, calls: 1200, ratio: { value: 1.02, interval: [0.97, 1.07], rounds: 30 } };
const verdictOf = (id: string, given: Evaluation, measured: LatencyMeasurement | undefined = latency): string | undefined =>
  decideGate(gate, { evaluation: given, latency: measured }).find((check) => check.id === id)?.verdict;

describe('the gate', () => {
  test('a first run skips the change checks, says so, and passes on the value checks', () => {
    const checks = decideGate(gate, { evaluation: evaluation(), latency });
    expect(checks.filter((check) => check.verdict === 'skipped').map((check) => check.message)).toEqual(Array(3).fill('first run: there is no champion to compare with'));
    expect(concludeChecks(checks)).toBe('pass');
  });

  test('value checks decide on the point estimate, and equal to the limit is not above it', () => {
    expect(verdictOf('accuracy', evaluation({ candidate: metrics({ accuracy: estimate(0.851, 0.1) }) }))).toBe('pass');
    expect(verdictOf('accuracy', evaluation({ candidate: metrics({ accuracy: estimate(0.85) }) }))).toBe('fail');
  });

  test('a target of the first run warns once there is a champion, and decides while there is none', () => {
    const firstRunOnly: GateSection = { ...gate, 'value-checks': [{ metric: 'accuracy', minimum: 0.95, decides: 'first-run' }] };
    const severityOf = (given: Evaluation): string | undefined => decideGate(firstRunOnly, { evaluation: given, latency }).find((check) => check.id === 'accuracy')?.severity;
    expect(severityOf(evaluation())).toBe('error');
    expect(severityOf(challenger(estimate(0.03, 0.01)))).toBe('warn');
  });

  test('without a metric that decides nothing passes, however fast the model is', () => {
    const outcomeOf = (more: Partial<GateSection>, given: Evaluation): string => concludeChecks(decideGate({ ...gate, ...more }, { evaluation: given, latency }));
    const worse = challenger(estimate(-0.4, 0.01));
    const target = { metric: 'accuracy', minimum: 0.85 } as const;
    const latencyAlone: GateSection['value-checks'] = [{ metric: 'latency-p95', maximum: 50, unit: 'millisecond' }];
    const unmeasured: Partial<GateSection> = { 'change-checks': [{ metric: 'latency', 'maximum-ratio': 1.1 }] };
    const withHoldout = { ...worse, holdout: { digest: digestOf('rows'), earlier: 0, budget: 3 } };
    expect(outcomeOf({ ...unmeasured, 'value-checks': [{ ...target, decides: 'first-run' }] }, withHoldout)).toBe('inconclusive');
    expect(outcomeOf({ ...unmeasured, 'value-checks': [{ ...target, decides: 'always', severity: 'warn' }] }, worse)).toBe('inconclusive');
    expect(outcomeOf({ 'value-checks': latencyAlone }, evaluation())).toBe('inconclusive');
    expect(outcomeOf({ ...unmeasured, 'value-checks': [{ ...target, decides: 'always' }] }, worse)).toBe('pass');
  });

  test('a refusal is only unproven where every gain reaches its margin and nothing else refuses', () => {
    const changes: GateSection = { ...gate, 'value-checks': [{ metric: 'latency-p95', maximum: 50, unit: 'millisecond' }] };
    const unproven = (given: Evaluation, measured = latency): boolean => onlyUnproven({ checks: decideGate(changes, { evaluation: given, latency: measured }) });
    expect(unproven(challenger(estimate(0.03, 0.04)))).toBe(true);
    expect(unproven(challenger(estimate(0.03, 0.01)))).toBe(false);
    expect(unproven(challenger(estimate(0.01, 0.04)))).toBe(false);
    expect(unproven(challenger(estimate(0.03, 0.04), estimate(0.005, 0.001)))).toBe(false);
    expect(unproven(challenger(estimate(0.03, 0.04)), { ...latency, ratio: undefined })).toBe(false);
  });

  test('a gain must reach the margin and lie beyond chance', () => {
    expect(verdictOf('accuracy-change', challenger(estimate(0.02, 0.019)))).toBe('pass');
    expect(verdictOf('accuracy-change', challenger(estimate(0.012, 0.001)))).toBe('fail');
    expect(verdictOf('accuracy-change', challenger(estimate(0.03, 0.03)))).toBe('fail');
    expect(verdictOf('accuracy-change', challenger(estimate(-0.044, 0.004)))).toBe('fail');
  });

  test('for scores where less is better a fall is the gain', () => {
    expect(verdictOf('brier-change', challenger(estimate(0.03), estimate(-0.005, 0.001)))).toBe('pass');
    expect(verdictOf('brier-change', challenger(estimate(0.03), estimate(0.005, 0.001)))).toBe('fail');
  });

  test('what is undefined or unmeasured is inconclusive, never a pass', () => {
    expect(verdictOf('recall', evaluation({ candidate: metrics({ recall: estimate(null) }) }))).toBe('inconclusive');
    expect(verdictOf('accuracy-change', challenger({ value: 0.5, interval: null, sampleSize: 1 }))).toBe('inconclusive');
    expect(decideGate(gate, { evaluation: evaluation(), latency: undefined }).find((check) => check.id === 'latency-p95')?.verdict).toBe('inconclusive');
    expect(verdictOf('latency-p95', evaluation(), { ...latency, p95: Number.NaN })).toBe('inconclusive');
    expect(verdictOf('latency-change', challenger(estimate(0.03)), { ...latency, ratio: undefined })).toBe('inconclusive');
  });

  test.each([
    ['rows', { rows: 499, positives: 100 }],
    ['positives', { rows: 20_000, positives: 0 }],
    ['negatives', { rows: 20_000, positives: 20_000 }],
  ])('too few %s decide nothing', (_what, counts) => {
    const checks = decideGate(gate, { evaluation: evaluation(counts), latency });
    expect(concludeChecks(checks)).toBe('inconclusive');
  });

  test('slower fails only when the lower bound of the CPU-time ratio is above the limit', () => {
    const slow = (interval: [number, number]): LatencyMeasurement => ({ ...latency, ratio: { value: 1.3, interval, rounds: 30 } });
    expect(verdictOf('latency-change', challenger(estimate(0.03)), slow([1.09, 1.5]))).toBe('pass');
    expect(verdictOf('latency-change', challenger(estimate(0.03)), slow([1.11, 1.5]))).toBe('fail');
  });
});
