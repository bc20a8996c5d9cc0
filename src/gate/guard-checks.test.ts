import { describe, expect, test } from 'vitest';
import { digestOf } from '../artifacts/digest.ts';
import { metricNames } from '../metrics/day-weighted-metrics.ts';
import { type GateSection, gateSchema } from '../pipeline/schema/gate.ts';
import type { Estimate } from './estimate.ts';
import type { Evaluation } from './evaluation.ts';
import { holdoutCheck } from './holdout-check.ts';
import { robustnessChecks } from './robustness-checks.ts';
import type { StressEvaluation, StressedMetrics } from './robustness/robustness-evaluation.ts';
import { sliceChecks } from './slice-checks.ts';
import type { SliceEvaluation } from './slices.ts';

const estimate = (value: number | null, half = 0.01): Estimate => ({ value, interval: value === null ? null : [value - half, value + half], sampleSize: 3000 });
const metrics = Object.fromEntries(metricNames.map((name) => [name, estimate(0.5)])) as Evaluation['candidate'];
const evaluation = (more: Partial<Evaluation>): Evaluation => ({ schema: 'taxiway/evaluation/v1', rows: 20_000, positives: 5000, days: 28, candidate: metrics, baselines: [], slices: [], ...more });

describe('slices', () => {
  const section = gateSchema.shape['slice-checks'].unwrap().parse({ metrics: [{ metric: 'accuracy', margin: 0.02 }, { metric: 'recall', margin: 0.1, severity: 'warn' }] });
  const slice = (value: string, qValue: number | null, difference = 0.01): SliceEvaluation => ({
    column: 'origin',
    value,
    rows: 900,
    positives: 200,
    accuracy: estimate(0.8),
    recall: estimate(0.8),
    champion: { accuracy: estimate(0.8), recall: estimate(0.8) },
    differences: { accuracy: { ...estimate(difference), pValue: qValue, qValue }, recall: { ...estimate(0), pValue: 1, qValue: 1 } },
    ...(qValue === null ? { notJudged: '12 rows; 200 are needed' } : {}),
  });
  const accuracyOf = (slices: readonly SliceEvaluation[]) =>
    sliceChecks(section, evaluation({ slices, champion: metrics })).find(({ id }) => id === 'slices.accuracy');

  test('one that is worse beyond chance fails by its name; those not judged are named', () => {
    expect(accuracyOf([slice('EWR', 1), slice('JFK', 0.04, -0.09), slice('XXX', null)])).toMatchObject({ verdict: 'fail', severity: 'error', message: 'worse than the champion in origin JFK (−0.090); not judged: origin XXX (12 rows; 200 are needed)' });
  });

  test('none that is worse beyond chance passes, with the lowest difference told', () => {
    expect(accuracyOf([slice('EWR', 1), slice('JFK', 0.06, -0.03)])).toMatchObject({ verdict: 'pass', value: -0.03 });
  });

  test('only slices that cannot be judged are inconclusive, and a first run is skipped', () => {
    expect(accuracyOf([slice('XXX', null)])).toMatchObject({ verdict: 'inconclusive', value: null });
    expect(sliceChecks(section, evaluation({ slices: [slice('EWR', 0.001)] })).map(({ verdict }) => verdict)).toEqual(['skipped', 'skipped']);
  });

  test('each metric has the severity that the pipeline gives it; without the section nothing is judged', () => {
    expect(sliceChecks(section, evaluation({ champion: metrics, slices: [slice('EWR', 1)] })).map(({ severity }) => severity)).toEqual(['error', 'warn']);
    expect(sliceChecks(undefined, evaluation({ champion: metrics, slices: [slice('EWR', 0.001)] }))).toEqual([]);
  });
});

describe('robustness', () => {
  const section = (more: Record<string, unknown> = {}): NonNullable<GateSection['robustness']> => gateSchema.shape.robustness.unwrap().parse({ noise: { scale: 0.1 }, margin: 0.03, severity: 'error', ...more });
  const stressed = (drop: number | null): StressedMetrics => {
    const one = { clean: 0.85, stressed: estimate(drop === null ? null : 0.85 - drop), drop: estimate(drop) };
    return { accuracy: one, recall: one, rocAuc: one };
  };
  const noise = (drop: number | null, more: Partial<StressEvaluation> = {}): StressEvaluation => ({ id: 'noise', title: 'Noise', rows: 3000, positives: 900, candidate: stressed(drop), ...more });
  const gains = (value: number) => ({ accuracy: estimate(0.01), recall: estimate(value), rocAuc: estimate(-1) });
  const check = (stress: StressEvaluation, given = section(), champion: Evaluation['champion'] = metrics) =>
    robustnessChecks(given, evaluation({ champion, robustness: { rows: 3000, stresses: [stress], missing: [], notes: [] } }))[0];

  test('worse than the champion beyond the margin and beyond chance fails; within either it passes', () => {
    expect(check(noise(0.01, { gains: gains(-0.05) }))?.verdict).toBe('fail');
    expect(check(noise(0.01, { gains: gains(-0.035) }))?.verdict).toBe('pass');
    expect(check(noise(0.01, { gains: gains(0.2) }))?.verdict).toBe('pass');
  });

  test('a fall beyond the maximum fails with or without a champion', () => {
    const limited = section({ noise: { scale: 0.1, 'maximum-drop': 0.05 } });
    const [first] = robustnessChecks(limited, evaluation({ robustness: { rows: 3000, stresses: [noise(0.06)], missing: [], notes: [] } }));
    expect(first?.verdict).toBe('fail');
    expect(check(noise(0.06, { gains: gains(0) }), limited)).toMatchObject({ verdict: 'fail', severity: 'error', threshold: 'drop ≤ 0.050; not worse than the champion by more than 0.030' });
    expect(check(noise(0.05, { gains: gains(0) }), limited)?.verdict).toBe('pass');
  });

  test('a first run without a maximum is told only', () => {
    const [told] = robustnessChecks(section(), evaluation({ robustness: { rows: 3000, stresses: [noise(0.6)], missing: [], notes: [] } }));
    expect(told).toMatchObject({ severity: 'info', verdict: 'pass', value: 0.6 });
  });

  test('what is undefined or was not tried is inconclusive, never a pass', () => {
    expect(check(noise(null))?.verdict).toBe('inconclusive');
    const untried = robustnessChecks(section({ attack: { epsilon: 0.1 } }), evaluation({}));
    expect(untried.map(({ id, verdict }) => [id, verdict])).toEqual([['robustness.attack.fgsm', 'inconclusive'], ['robustness.attack.pgd', 'inconclusive'], ['robustness.noise', 'inconclusive']]);
  });

  test('beside a champion an undefined difference, or one without an interval, is inconclusive', () => {
    const unknown = { value: -0.4, interval: null, sampleSize: 3000 };
    expect(check(noise(0.01, { gains: { ...gains(0), accuracy: unknown } }))?.verdict).toBe('inconclusive');
    expect(check(noise(0.01, { gains: { ...gains(0), recall: estimate(null) } }))?.verdict).toBe('inconclusive');
    expect(check(noise(0.01))?.verdict).toBe('inconclusive');
    // ROC-AUC is told and not judged.
    expect(check(noise(0.01, { gains: { ...gains(0), rocAuc: estimate(null) } }))?.verdict).toBe('pass');
  });

  test('a champion that cannot be attacked is told, and does not refuse the challenger', () => {
    expect(check(noise(0.01, { notCompared: 'its training state has the shape of another release' }))).toMatchObject({ verdict: 'pass', message: expect.stringMatching(/champion not compared: its training state/) as string });
  });
});

test.each([[0, 'pass'], [2, 'pass'], [3, 'inconclusive']])('%d earlier decisions under a budget of 3: %s', (earlier, verdict) => {
  expect(holdoutCheck(evaluation({ holdout: { digest: digestOf('rows'), earlier, budget: 3 } }))[0]?.verdict).toBe(verdict);
});
