import type { MetricName } from '../metrics/day-weighted-metrics.ts';
import type { GateSection } from '../pipeline/schema/gate.ts';

export type GateMetric = Exclude<GateSection['value-checks'][number]['metric'], 'latency-p95'>;

interface GateMetricDefinition {
  readonly name: MetricName;
  readonly title: string;
  /** +1 where more is better, −1 where less is. */
  readonly direction: 1 | -1;
}

/** The metrics a pipeline file may name, and what they are called inside. */
export const gateMetrics: Readonly<Record<GateMetric, GateMetricDefinition>> = {
  accuracy: { name: 'accuracy', title: 'Accuracy', direction: 1 },
  recall: { name: 'recall', title: 'Recall', direction: 1 },
  precision: { name: 'precision', title: 'Precision', direction: 1 },
  f1: { name: 'f1', title: 'F1', direction: 1 },
  'roc-auc': { name: 'rocAuc', title: 'ROC-AUC', direction: 1 },
  'pr-auc': { name: 'prAuc', title: 'PR-AUC', direction: 1 },
  brier: { name: 'brier', title: 'Brier score', direction: -1 },
  'expected-calibration-error': { name: 'expectedCalibrationError', title: 'Expected calibration error', direction: -1 },
};
