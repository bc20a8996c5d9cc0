import type { Verdict } from '../../src/verdict/verdict.ts';

/** A refused challenger, as tests and the documentation show it. */
export function exampleVerdict(): Verdict {
  return {
    schema: 'taxiway/verdict/v1',
    step: 'evaluate-gate',
    verdict: 'fail',
    summary: 'Refused against version 1: accuracy +0.012 [+0.006, +0.018], recall +0.011 [−0.004, +0.026]',
    subjects: { in: { candidate: `sha256:${'a'.repeat(64)}`, champion: 'version 1' }, out: { evaluation: `sha256:${'b'.repeat(64)}` } },
    pipeline: { name: 'flight-delay', digest: `sha256:${'c'.repeat(64)}` },
    code: { commit: '0123456789abcdef0123456789abcdef01234567' },
    asOf: '2013-07-22T00:00:00.000Z',
    checks: [
      { id: 'accuracy', title: 'Accuracy', value: 0.8712, interval: [0.8601, 0.8823], threshold: '> 0.850', sampleSize: 27_004, severity: 'error', verdict: 'pass' },
      {
        id: 'accuracy-change',
        title: 'Accuracy: gain over the champion',
        value: 0.012,
        interval: [0.006, 0.018],
        threshold: 'gain ≥ 0.020 and interval above 0',
        sampleSize: 27_004,
        severity: 'error',
        verdict: 'fail',
        message: '+0.012 is less than the margin',
        remedy: 'The champion stays. The incident waits for new labelled days.',
      },
      { id: 'latency-p95', title: 'Single-row inference, p95', value: 0.42, unit: 'ms', threshold: '< 50', sampleSize: 1200, severity: 'error', verdict: 'pass' },
      { id: 'candidate.brier', title: 'Brier score: candidate', value: 0.071, interval: [0.066, 0.076], sampleSize: 27_004, severity: 'info', verdict: 'pass' },
    ],
    charts: [
      {
        id: 'metrics',
        title: 'Metrics on the same test rows',
        kind: 'bar',
        xLabel: 'metric',
        yLabel: 'value',
        series: [
          { name: 'candidate', points: [['accuracy', 0.871], ['recall', 0.821]] },
          { name: 'champion', points: [['accuracy', 0.859], ['recall', 0.81]] },
        ],
      },
    ],
    notes: ['Both models answered the same rows.'],
  };
}
