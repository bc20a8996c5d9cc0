import { evaluationCurves } from '../../src/gate/curves.ts';
import type { Estimate } from '../../src/gate/estimate.ts';
import type { Evaluation } from '../../src/gate/evaluation.ts';
import { mapMetrics } from '../../src/metrics/classification-metrics.ts';
import type { EvaluationPage } from '../../src/report/html-evaluation.ts';
import { createRandom } from '../../src/statistics/random.ts';

const estimate = (value: number, sampleSize = 27_000): Estimate => ({ value, interval: [value - 0.006, value + 0.006], sampleSize });

export interface EvaluationPageOptions {
  /** Put in every place that takes text. */
  readonly text?: string;
  /** Without champion and without what is optional. */
  readonly first?: boolean;
}

/** A refused challenger with everything that an evaluation may hold, or the barest first run. */
export function evaluationPage({ text = 'plain', first = false }: EvaluationPageOptions = {}): EvaluationPage {
  const metrics = mapMetrics(() => estimate(0.86));
  const random = createRandom('page');
  const scores = Float64Array.from({ length: 600 }, () => random.next());
  const labels = Uint8Array.from(scores, (score) => (random.next() < score ? 1 : 0));
  const baseline = { name: 'rule', title: text, scores, threshold: 0.5, probabilities: false };
  const curves = evaluationCurves({ labels, candidate: { scores, threshold: 0.4 }, champion: { scores, threshold: 0.5 }, baselines: [baseline] });
  const slice = { column: text, value: text, rows: 900, positives: 300, accuracy: estimate(0.85), recall: estimate(0.8) };
  const stressed = { clean: 0.87, stressed: estimate(0.84), drop: estimate(0.03) };
  const stresses = { accuracy: stressed, recall: stressed, rocAuc: stressed };
  const gains = { accuracy: estimate(0.01), recall: estimate(0.01), rocAuc: estimate(0.01) };
  const bare: Evaluation = { schema: 'taxiway/evaluation/v1', rows: 27_000, positives: 8500, days: 28, candidate: metrics, baselines: [], slices: [] };
  const compared = {
    champion: metrics,
    differences: mapMetrics(() => estimate(0.012)),
    tests: { mcnemar: { method: text, discordant: 400, pValue: 0.02 }, delong: { difference: 0.001, pValue: 0.3 } },
    baselines: [{ name: 'rule', title: text, metrics }],
    slices: [
      { ...slice, champion: { accuracy: estimate(0.84), recall: estimate(0.79) }, differences: { accuracy: { ...estimate(0.01), pValue: 0.9, qValue: 0.95 }, recall: { ...estimate(0.01), pValue: null, qValue: null } } },
      { ...slice, value: 'TOO-FEW', notJudged: '37 rows; 200 are needed' },
    ],
    robustness: { rows: 2000, stresses: [{ id: 'noise', title: text, rows: 2000, positives: 500, candidate: stresses, champion: stresses, gains, notCompared: text }], missing: [{ column: text, accuracy: 0.1, recall: null, rocAuc: 0.2 }], notes: [text] },
    curves,
  };
  const evaluation = first ? bare : { ...bare, ...compared };
  const change = { severity: 'error', verdict: 'fail', value: 0.012, interval: [0.006, 0.018], sampleSize: 8500, message: text } as const;
  return {
    title: text,
    summary: text,
    outcome: first ? 'pass' : 'fail',
    checks: [
      { id: 'accuracy', title: 'Accuracy', value: 0.86, interval: [0.85, 0.87], threshold: '> 0.850', sampleSize: 27_000, severity: 'error', verdict: 'pass' },
      ...(first
        ? [{ id: 'recall-change', title: 'Recall: gain over the champion', value: null, threshold: 'gain ≥ 0.030', severity: 'error', verdict: 'skipped', message: text } as const]
        : ([
            { ...change, id: 'accuracy-change', title: 'Accuracy: gain over the champion', threshold: 'gain ≥ 0.020', interval: [0.006, 0.018] },
            { ...change, id: 'recall-change', title: 'Recall: gain over the champion', threshold: 'gain ≥ 0.030', interval: [0.006, 0.018] },
            { ...change, id: text, title: text, value: text, threshold: text, interval: [0, 1] },
          ] as const)),
    ].map((check) => ({ ...check, ...('interval' in check ? { interval: [check.interval[0], check.interval[1]] as [number, number] } : {}) })) as EvaluationPage['checks'],
    evaluation,
    gate: { 'value-checks': [{ metric: 'accuracy', minimum: 0.85, decides: 'always' }], 'change-checks': [{ metric: 'accuracy', 'minimum-change': 0.02 }, { metric: 'recall', 'minimum-change': 0.03 }] },
    threshold: first ? undefined : 0.4,
    lineage: { candidate: text },
    notes: [text],
  };
}
