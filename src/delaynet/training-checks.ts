import type { classificationMetrics } from '../metrics/classification-metrics.ts';
import type { Chart, Check } from '../verdict/verdict.ts';
import type { FittedDelayNet } from './fit-delaynet.ts';

type CalibrationMetrics = ReturnType<typeof classificationMetrics>;

/** A training that did not get better than after its first epoch has learned nothing. */
export function trainingChecks(fitted: FittedDelayNet, metrics: CalibrationMetrics): Check[] {
  const first = fitted.history[0]?.calibrationLoss ?? Number.NaN;
  const best = fitted.history.find((entry) => entry.epoch === fitted.bestEpoch)?.calibrationLoss ?? Number.NaN;
  const finite = Number.isFinite(best) && Number.isFinite(fitted.threshold);
  return [
    {
      id: 'converged',
      title: 'Log-loss on the calibration rows',
      value: Number.isFinite(best) ? best : null,
      threshold: `≤ first epoch (${first.toFixed(4)})`,
      sampleSize: fitted.calibrationScores.length,
      severity: 'error',
      verdict: finite && best <= first ? 'pass' : 'fail',
      ...(finite ? {} : { remedy: 'Lower training.optimizer.learning-rate or look at the validation report for broken columns.' }),
    },
    ...(['accuracy', 'recall', 'rocAuc', 'brier'] as const).map((name): Check => {
      const { value, interval, sampleSize } = metrics[name];
      return {
        id: `calibration-${name}`,
        title: `${name} on the calibration rows`,
        value: Number.isFinite(value) ? value : null,
        ...(interval.every(Number.isFinite) ? { interval: [interval[0], interval[1]] } : {}),
        sampleSize,
        severity: 'info',
        verdict: 'pass',
      };
    }),
  ];
}

export function lossChart({ history }: FittedDelayNet): Chart {
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
    ],
  };
}
