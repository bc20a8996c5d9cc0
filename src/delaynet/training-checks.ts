import type { UnknownCategories } from '../features/unknown-categories.ts';
import type { classificationMetrics } from '../metrics/classification-metrics.ts';
import { formatCount, formatShare } from '../report/format-number.ts';
import type { Chart, Check } from '../verdict/verdict.ts';
import type { FittedDelayNet } from './fit-delaynet.ts';

type Metrics = ReturnType<typeof classificationMetrics>;

/** A simpler model on the same calibration rows. */
export interface BaselineFigures {
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** Log-loss of its probabilities; null where its scores only rank. */
  readonly logLoss: number | null;
  readonly metrics: Metrics;
}

export interface TrainingFigures {
  /** Of the network, on the calibration rows. */
  readonly metrics: Metrics;
  readonly baselines: readonly BaselineFigures[];
  /** Of the calibration rows. */
  readonly unknown: readonly UnknownCategories[];
}

const shownMetrics = ['accuracy', 'recall', 'rocAuc', 'brier'] as const;
const baselineMetrics = ['accuracy', 'recall', 'rocAuc'] as const;

/** A training that did not get better than after its first epoch has learned nothing; the rest is told for comparison. */
export function trainingChecks(fitted: FittedDelayNet, { metrics, baselines, unknown }: TrainingFigures): Check[] {
  return [
    convergence(fitted),
    ...shownMetrics.map((name) => metricCheck(`calibration-${name}`, `${name} on the calibration rows`, metrics[name])),
    ...baselines.flatMap((baseline) => baselineMetrics.map((name) => metricCheck(`${baseline.name}-${name}`, `${name} of ${baseline.title} on the calibration rows`, baseline.metrics[name]))),
    ...unknown.map(unknownCheck),
  ];
}

function convergence(fitted: FittedDelayNet): Check {
  const first = fitted.history[0]?.calibrationLoss ?? Number.NaN;
  const best = fitted.history.find((entry) => entry.epoch === fitted.bestEpoch)?.calibrationLoss ?? Number.NaN;
  const finite = Number.isFinite(best) && Number.isFinite(fitted.threshold);
  return {
    id: 'converged',
    title: 'Log-loss on the calibration rows',
    value: Number.isFinite(best) ? best : null,
    threshold: `≤ first epoch (${first.toFixed(4)})`,
    sampleSize: fitted.calibrationScores.length,
    severity: 'error',
    verdict: finite && best <= first ? 'pass' : 'fail',
    ...(finite ? {} : { remedy: 'Lower training.optimizer.learning-rate or look at the validation report for broken columns.' }),
  };
}

function metricCheck(id: string, title: string, { value, interval, sampleSize }: Metrics['accuracy']): Check {
  return {
    id,
    title,
    value: Number.isFinite(value) ? value : null,
    ...(interval.every(Number.isFinite) ? { interval: [interval[0], interval[1]] } : {}),
    sampleSize,
    severity: 'info',
    verdict: 'pass',
  };
}

function unknownCheck({ column, rows, unknown, rare, categories }: UnknownCategories): Check {
  const seldom = rare === 0 ? '' : `${formatCount(rare)} rows of categories too rare for an encoding of their own. `;
  const names = categories.length === 0 ? '' : `Never seen in training: ${categories.map(({ category, rows: times }) => `${category} (${formatCount(times)})`).join(', ')}.`;
  const message = `${seldom}${names}`.trim();
  return {
    id: `unknown-${column}`,
    title: `Rows whose ${column} training never saw, answered as "other"`,
    value: unknown,
    sampleSize: rows,
    severity: 'info',
    verdict: 'pass',
    message: message === '' ? `${formatShare(unknown / Math.max(1, rows))} of the calibration rows.` : message,
  };
}

/** Both losses by epoch, and what the baselines reach as level lines. */
export function lossChart({ history }: FittedDelayNet, baselines: readonly BaselineFigures[] = []): Chart {
  const points = (value: (entry: (typeof history)[number]) => number): [number, number][] => history.map((entry) => [entry.epoch, value(entry)]);
  return {
    id: 'loss',
    title: 'Log-loss by epoch',
    kind: 'line',
    xLabel: 'epoch',
    yLabel: 'log-loss',
    series: [
      { name: 'training', points: points((entry) => entry.trainingLoss) },
      { name: 'calibration', points: points((entry) => entry.calibrationLoss) },
      ...baselines.flatMap(({ title, logLoss }) => (logLoss === null ? [] : [{ name: `${title}, calibration`, points: points(() => logLoss) }])),
    ],
  };
}
