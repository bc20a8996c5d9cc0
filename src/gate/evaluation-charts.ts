import type { MetricName } from '../metrics/day-weighted-metrics.ts';
import type { Chart, Check } from '../verdict/verdict.ts';
import type { Estimate } from './estimate.ts';
import type { Evaluation } from './evaluation.ts';
import { gateMetrics } from './gate-metric.ts';

const shown: readonly [MetricName, string][] = [
  ['accuracy', 'accuracy'],
  ['recall', 'recall'],
  ['precision', 'precision'],
  ['rocAuc', 'ROC-AUC'],
];

/** Candidate, champion and baselines side by side. */
export function evaluationCharts(evaluation: Evaluation): Chart[] {
  const models = [
    { name: 'candidate', metrics: evaluation.candidate },
    ...(evaluation.champion === undefined ? [] : [{ name: 'champion', metrics: evaluation.champion }]),
    ...evaluation.baselines.map(({ title, metrics }) => ({ name: title, metrics })),
  ];
  const series = models.map(({ name, metrics }) => ({
    name,
    points: shown.map(([metric, label]): [string, number] => [label, metrics[metric].value ?? 0]),
  }));
  return [{ id: 'metrics', title: 'Metrics on the same test rows', kind: 'bar', xLabel: 'metric', yLabel: 'value', series }];
}

/** What stands beside the decision: champion, baselines, other metrics, tests, slices. None of it decides. */
export function evaluationFigures(evaluation: Evaluation): Check[] {
  const figures: Check[] = [];
  const add = (id: string, title: string, { message, ...estimate }: Estimate & { readonly message?: string }): void => {
    figures.push({
      id,
      title,
      value: estimate.value,
      ...(estimate.interval === null ? {} : { interval: [estimate.interval[0], estimate.interval[1]] }),
      sampleSize: estimate.sampleSize,
      severity: 'info',
      verdict: estimate.value === null ? 'inconclusive' : 'pass',
      ...(message === undefined ? {} : { message }),
    });
  };
  for (const { name, title } of Object.values(gateMetrics)) {
    add(`candidate.${name}`, `${title}: candidate`, evaluation.candidate[name]);
    if (evaluation.champion !== undefined) add(`champion.${name}`, `${title}: champion`, evaluation.champion[name]);
    for (const baseline of evaluation.baselines) add(`${baseline.name}.${name}`, `${title}: ${baseline.title}`, baseline.metrics[name]);
  }
  if (evaluation.tests !== undefined) {
    const { mcnemar, delong } = evaluation.tests;
    const message = 'assumes independent rows: reported, never decisive';
    add('mcnemar', 'McNemar p-value', { value: mcnemar.pValue, interval: null, sampleSize: mcnemar.discordant, message });
    add('delong', 'DeLong p-value of the AUC difference', { value: delong.pValue, interval: null, sampleSize: evaluation.rows, message });
  }
  for (const slice of evaluation.slices) {
    add(`slice.${slice.column}.${slice.value}.accuracy`, `Accuracy where ${slice.column} is ${slice.value}`, slice.accuracy);
    add(`slice.${slice.column}.${slice.value}.recall`, `Recall where ${slice.column} is ${slice.value}`, slice.recall);
  }
  return figures;
}
