import { accuracy } from '../metrics/accuracy.ts';
import { confusionMatrix } from '../metrics/confusion-matrix.ts';
import { recall } from '../metrics/recall.ts';
import { thresholdForGains } from '../metrics/threshold-for-gains.ts';
import type { GateSection } from '../pipeline/schema/gate.ts';

export interface ScoredRows {
  /** Probabilities, one per row. */
  readonly scores: Float64Array;
  /** 0 or 1, one per row. */
  readonly labels: Float64Array;
}

/**
 * How a challenger chooses its threshold on the calibration rows: where accuracy and recall both gain most over the champion, in units of the gate's
 * margins. Aiming at the champion's own recall, it could never gain recall.
 * @param champion its scores of the same calibration rows, and its own threshold
 */
export function challengerThreshold(champion: { readonly scores: Float64Array; readonly threshold: number }, gate: GateSection): (rows: ScoredRows) => number {
  return (rows) => {
    const confusion = confusionMatrix({ labels: rows.labels, scores: champion.scores }, champion.threshold);
    return thresholdForGains(rows, {
      champion: { accuracy: accuracy(confusion), recall: recall(confusion) },
      accuracyMargin: marginOf('accuracy', gate),
      recallMargin: marginOf('recall', gate),
    }).threshold;
  };
}

/** Where the gate asks no gain of a metric, a point still weighs something. */
const defaultMargin = 0.01;

function marginOf(metric: 'accuracy' | 'recall', gate: GateSection): number {
  const check = gate['change-checks'].find((entry) => entry.metric === metric);
  return check !== undefined && 'minimum-change' in check ? Math.max(check['minimum-change'], defaultMargin) : defaultMargin;
}
