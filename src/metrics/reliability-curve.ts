import { numberBinIndex, quantileBins } from '../statistics/quantile-bins.ts';
import { wilson } from '../statistics/wilson.ts';
import { checkProbabilityRows, type ScoredRows } from './scored-rows.ts';

/** One bin of a reliability diagram. */
export interface ReliabilityPoint {
  /** Mean predicted probability in the bin. */
  readonly meanScore: number;
  /** Observed share of positives, with its 95 % Wilson interval. */
  readonly positiveRate: number;
  readonly interval: readonly [number, number];
  readonly sampleSize: number;
}

/**
 * Predicted against observed over bins of (nearly) equal mass, ascending. Equal scores are never split, so there may be fewer bins; empty bins are left out; [] for zero rows.
 * Weights are not read. Source: Niculescu-Mizil and Caruana 2005. Throws RangeError as `checkProbabilityRows`, or for bins < 2.
 *
 * @param bins default 15
 *
 * @example
 * reliabilityCurve({ labels: Uint8Array.of(0, 1), scores: Float64Array.of(0.2, 0.8) }, 2).map((point) => point.positiveRate); // [0, 1]
 */
export function reliabilityCurve(rows: ScoredRows, bins = 15): ReliabilityPoint[] {
  checkProbabilityRows(rows);
  const edges = quantileBins(rows.scores, bins);
  const sums = Array.from({ length: edges.edges.length + 1 }, () => ({ score: 0, positives: 0, count: 0 }));
  for (let row = 0; row < rows.scores.length; row++) {
    const score = rows.scores[row] ?? Number.NaN;
    const bin = sums[numberBinIndex(edges, score)];
    if (bin === undefined) continue;
    bin.score += score;
    bin.positives += rows.labels[row] ?? 0;
    bin.count++;
  }
  return sums
    .filter((bin) => bin.count > 0)
    .map((bin) => {
      const observed = wilson(bin.positives, bin.count);
      return { meanScore: bin.score / bin.count, positiveRate: observed.value, interval: observed.interval, sampleSize: bin.count };
    });
}
