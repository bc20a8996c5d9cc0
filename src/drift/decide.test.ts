import { describe, expect, test } from 'vitest';
import type { DriftSection, RetrainSection } from '../pipeline/schema/drift.ts';
import { decideDrift, driftChecks } from './decide.ts';
import type { Finding } from './finding.ts';
import { decideRetry } from './retry.ts';

const day = 86_400_000;
const drift: DriftSection = {
  window: 28 * day,
  'minimum-rows': 2000,
  reference: 'training',
  psi: { threshold: 0.1, bins: 10, 'false-discovery-rate': 0.05 },
  ks: { threshold: 0.1 },
  persistence: { windows: 3, required: 2 },
  'alarm-columns': ['x'],
  'slice-columns': [],
  'prediction-drift': { threshold: 0.1 },
  performance: { metric: 'accuracy', 'maximum-drop': 0.02, 'recall-maximum-drop': 0.03 },
  service: { 'latency-ratio': 2, 'error-points': 0.05, 'traffic-change': 0.5 },
};
const retrain: RetrainSection = { test: 28 * day, calibrate: 28 * day, wait: 28 * day, 'wait-unproven': 7 * day, merge: 'manual' };
const finding = (overrides: Partial<Finding> = {}): Finding => ({ id: 'psi.x', title: 'PSI of x', kind: 'feature', state: 'signal', alarming: true, value: 0.2, ...overrides });
const options = { rows: 20_000, days: 28, windowDays: 28, drift };
const seen = { signals: ['psi.x'] };
const quiet = { signals: [] };

describe('drift', () => {
  test('one window alone raises no alarm', () => {
    expect(decideDrift([finding()], [], options)).toMatchObject({ kind: 'healthy', pending: [{ id: 'psi.x' }] });
  });

  test('two of the last three windows raise one, the newest among them', () => {
    expect(decideDrift([finding()], [seen], options).kind).toBe('alarm');
    expect(decideDrift([finding()], [quiet, seen], options).kind).toBe('alarm');
    expect(decideDrift([finding()], [quiet, quiet, seen], options).kind).toBe('healthy');
    expect(decideDrift([finding({ state: 'quiet' })], [seen, seen], options).kind).toBe('healthy');
  });

  test('persistence is per cause: two different ones in turn are no alarm', () => {
    expect(decideDrift([finding({ id: 'psi.y' })], [seen, seen], options).kind).toBe('healthy');
  });

  test('a finding that is only reported never alarms', () => {
    expect(decideDrift([finding({ alarming: false })], [seen, seen], options)).toEqual({ kind: 'healthy', pending: [] });
  });

  test('a slow service is reported and never asks for a retraining', () => {
    const slow = finding({ id: 'service.latency', kind: 'service' });
    const slowBefore = { signals: ['service.latency', 'psi.x'] };
    expect(decideDrift([slow], [slowBefore], options)).toMatchObject({ kind: 'degraded', causes: [{ id: 'service.latency' }] });
    expect(decideDrift([slow, finding()], [slowBefore], options)).toMatchObject({ kind: 'alarm', causes: [{ id: 'psi.x' }] });
  });

  test('too few rows are inconclusive, with the number that is missing', () => {
    expect(decideDrift([finding()], [seen], { ...options, rows: 12 })).toEqual({ kind: 'inconclusive', reason: '12 logged rows in the window; 2,000 are needed' });
  });

  test('a window that the log covers only in part is inconclusive', () => {
    expect(decideDrift([finding()], [seen], { ...options, days: 20 }).kind).toBe('inconclusive');
    expect(decideDrift([finding()], [seen], { ...options, days: 21 }).kind).toBe('alarm');
  });

  test('only what persisted decides the verdict', () => {
    const decision = decideDrift([finding()], [], options);
    expect(driftChecks([finding()], decision, { earlier: [], drift })[0]).toMatchObject({ severity: 'warn', verdict: 'fail', message: '1 of the last 3 windows; 2 raise an alarm' });
  });
});

describe('a refused incident', () => {
  const waiting = { kind: 'waiting' as const, attempt: 1, since: '2013-10-21', reason: 'refused', labelledUntil: '2013-10-20', performance: { accuracy: 0.8, recall: 0.6 }, unproven: false };
  const input = { waiting, findings: [], drift, retrain };

  test('waits until 28 new days have their labels', () => {
    expect(decideRetry({ ...input, labelledUntil: Date.parse('2013-11-16') })).toEqual({ kind: 'wait', nextTry: '2013-11-17' });
    expect(decideRetry({ ...input, labelledUntil: Date.parse('2013-11-17') }).kind).toBe('retry');
  });

  test('comes after a week where the challenger reached every margin and was only not proven', () => {
    const unproven = { ...input, waiting: { ...input.waiting, unproven: true } };
    expect(decideRetry({ ...unproven, labelledUntil: Date.parse('2013-10-26') })).toEqual({ kind: 'wait', nextTry: '2013-10-27' });
    expect(decideRetry({ ...unproven, labelledUntil: Date.parse('2013-10-27') }).kind).toBe('retry');
  });

  test('is tried sooner when performance falls further, beyond chance', () => {
    const recall = (value: number, interval: [number, number]): Finding => finding({ id: 'performance.recall', kind: 'performance', value, interval });
    const at = { ...input, labelledUntil: Date.parse('2013-11-10') };
    expect(decideRetry({ ...at, findings: [recall(0.5, [0.45, 0.55])] })).toMatchObject({ kind: 'retry', reason: 'recall has fallen further, from 0.600 to 0.500' });
    expect(decideRetry({ ...at, findings: [recall(0.5, [0.35, 0.65])] }).kind).toBe('wait');
    // Twenty new days are less than three quarters of what is waited for.
    expect(decideRetry({ ...at, labelledUntil: Date.parse('2013-11-09'), findings: [recall(0.5, [0.45, 0.55])] }).kind).toBe('wait');
    expect(decideRetry({ ...at, findings: [recall(0.58, [0.57, 0.59])] }).kind).toBe('wait');
  });
});
