import type { MetricName } from '../metrics/day-weighted-metrics.ts';
import type { Chart, Check } from '../verdict/verdict.ts';
import type { EvaluationCurves } from './curves.ts';
import type { Estimate } from './estimate.ts';
import type { Evaluation } from './evaluation.ts';
import { gateMetrics } from './gate-metric.ts';
import { type SliceEvaluation, type SliceMetric, sliceMetrics } from './slices.ts';

const shown: readonly [MetricName, string][] = [
  ['accuracy', 'accuracy'],
  ['recall', 'recall'],
  ['precision', 'precision'],
  ['rocAuc', 'ROC-AUC'],
];

/** Candidate, champion and baselines side by side, their ROC curves, and whether the candidate's scores hold: few points each, as a comment can show them. */
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
  const metrics: Chart = { id: 'metrics', title: 'Metrics on the same test rows', kind: 'bar', xLabel: 'metric', yLabel: 'value', series };
  return [metrics, ...(evaluation.curves === undefined ? [] : [rocChart(evaluation.curves), ...reliabilityChart(evaluation.curves)])];
}

const rocPlaces = [0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/** At the same false-positive rates for every model: comments draw lines over common places only. */
function rocChart({ models }: EvaluationCurves): Chart {
  const series = models.flatMap(({ title, roc }) => (roc.length === 0 ? [] : [{ name: title, points: rocPlaces.map((place): [string, number] => [String(place), heightAt(roc, place)]) }]));
  return { id: 'roc', title: 'ROC curve', kind: 'line', xLabel: 'false-positive rate, not to scale', yLabel: 'true-positive rate', series };
}

function reliabilityChart({ models: [candidate] }: EvaluationCurves): Chart[] {
  // Two bins may round to one place.
  const points = new Map((candidate?.reliability ?? []).map((point) => [point.meanScore.toFixed(2), point]));
  if (points.size < 2) return [];
  const series = [
    { name: 'observed', points: [...points].map(([place, point]): [string, number] => [place, point.positiveRate]) },
    { name: 'as said', points: [...points].map(([place, point]): [string, number] => [place, point.meanScore]) },
  ];
  return [{ id: 'calibration', title: 'Calibration of the candidate', kind: 'line', xLabel: 'mean score of the bin', yLabel: 'observed share', series }];
}

/** The upper end where the curve rises straight up, and on the straight line between its points. */
function heightAt(points: readonly (readonly [number, number])[], place: number): number {
  const last = points.findLastIndex(([x]) => x <= place);
  const [x0, y0] = points[last] ?? [0, 0];
  const [x1, y1] = points[last + 1] ?? [x0, y0];
  return x1 === x0 ? y0 : y0 + ((place - x0) / (x1 - x0)) * (y1 - y0);
}

/** What stands beside the decision: champion, baselines, other metrics, tests, slices. None of it decides. */
export function evaluationFigures(evaluation: Evaluation): Check[] {
  const figures: Check[] = [];
  const add = (id: string, title: string, { message, details, ...estimate }: Estimate & Pick<Check, 'message' | 'details'>): void => {
    figures.push({
      id,
      title,
      value: estimate.value,
      ...(estimate.interval === null ? {} : { interval: [estimate.interval[0], estimate.interval[1]] }),
      sampleSize: estimate.sampleSize,
      severity: 'info',
      verdict: estimate.value === null ? 'inconclusive' : 'pass',
      ...(message === undefined ? {} : { message }),
      ...(details === undefined ? {} : { details }),
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
    if (slice.notJudged !== undefined) continue;
    const { column, value } = slice;
    for (const metric of sliceMetrics) {
      add(`slice.${column}.${value}.${metric}`, `${gateMetrics[metric].title} where ${column} is ${value}`, { ...slice[metric], details: sliceDetails(slice, metric) });
    }
  }
  return figures;
}

/** What a table of slices needs beside the value. */
function sliceDetails({ column, value, champion, differences }: SliceEvaluation, metric: SliceMetric): NonNullable<Check['details']> {
  const gain = differences?.[metric];
  return {
    slice: { column, value, metric },
    ...(champion === undefined ? {} : { champion: champion[metric].value }),
    ...(gain === undefined ? {} : { gain: gain.value, gainInterval: gain.interval === null ? null : [...gain.interval] }),
  };
}
