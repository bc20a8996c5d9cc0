import { decideGate } from '../../src/gate/decide.ts';
import type { Estimate } from '../../src/gate/estimate.ts';
import { toEstimate } from '../../src/gate/estimate.ts';
import { mapMetrics } from '../../src/metrics/classification-metrics.ts';
import type { MetricName } from '../../src/metrics/day-weighted-metrics.ts';
import type { GateSection } from '../../src/pipeline/schema/gate.ts';
import { dayBlockBootstrap, differenceOf, ratioOfSums } from '../../src/statistics/day-block-bootstrap.ts';

/** What one model decided, day by day: all that accuracy and recall need. */
export interface DaySums {
  readonly rows: Float64Array;
  readonly positives: Float64Array;
  /** Right decisions. */
  readonly right: Float64Array;
  /** Positive rows that were found. */
  readonly hits: Float64Array;
}

export interface World {
  /** Days of the pool, drawn with replacement: each stands for a day of its own. */
  readonly days: readonly number[];
  readonly seed: string;
}

export interface WorldJudgement {
  readonly accuracy: boolean;
  readonly recall: boolean;
  /** Both change checks passed. */
  readonly passed: boolean;
  readonly gains: { readonly accuracy: Estimate; readonly recall: Estimate };
}

/**
 * One challenger judged in one world by the gate's own rule. The bootstrap is the one behind `classificationDifferences`, fed with sums per day, so that a world costs milliseconds:
 * the same seed draws the same days, and accuracy and recall are the same to the last bit (`expectSameAsRows` holds it to that).
 */
export function judgeWorld(models: { readonly champion: DaySums; readonly challenger: DaySums }, world: World, gate: GateSection): WorldJudgement {
  const champion = drawDays(models.champion, world.days);
  const challenger = drawDays(models.challenger, world.days);
  const estimates = dayBlockBootstrap(
    {
      accuracy: differenceOf(ratioOfSums(challenger.right, challenger.rows), ratioOfSums(champion.right, champion.rows)),
      recall: differenceOf(ratioOfSums(challenger.hits, challenger.positives), ratioOfSums(champion.hits, champion.positives)),
    },
    { dayCount: world.days.length, seed: world.seed, replicates: gate.bootstrap.replicates },
  );
  const rows = total(champion.rows);
  const positives = total(champion.positives);
  const gains = { accuracy: toEstimate({ ...estimates.accuracy, sampleSize: rows }), recall: toEstimate({ ...estimates.recall, sampleSize: positives }) };
  const unknown = { value: null, interval: null, sampleSize: 0 };
  const metrics = mapMetrics(() => unknown);
  const differences = mapMetrics((name: MetricName) => (name === 'accuracy' || name === 'recall' ? gains[name] : unknown));
  const checks = decideGate(gate, {
    evaluation: { schema: 'taxiway/evaluation/v1', rows, positives, days: world.days.length, candidate: metrics, champion: metrics, differences, baselines: [], slices: [] },
    latency: undefined,
  });
  const passes = (id: string): boolean => checks.find((check) => check.id === id)?.verdict === 'pass';
  const [accuracy, recall] = [passes('accuracy-change'), passes('recall-change')];
  return { accuracy, recall, passed: accuracy && recall, gains };
}

/** Sums per day of one model's decisions. */
export function sumDecisions({ labels, decisions, days, dayCount }: { readonly labels: Uint8Array; readonly decisions: Uint8Array; readonly days: Int32Array; readonly dayCount: number }): DaySums {
  const sums = { rows: new Float64Array(dayCount), positives: new Float64Array(dayCount), right: new Float64Array(dayCount), hits: new Float64Array(dayCount) };
  const add = (to: Float64Array, day: number, value: number): void => {
    to[day] = (to[day] ?? 0) + value;
  };
  labels.forEach((label, row) => {
    const day = days[row] ?? 0;
    const decision = decisions[row] ?? 0;
    add(sums.rows, day, 1);
    add(sums.positives, day, label);
    add(sums.right, day, decision === label ? 1 : 0);
    add(sums.hits, day, label * decision);
  });
  return sums;
}

function drawDays(sums: DaySums, days: readonly number[]): DaySums {
  const draw = (values: Float64Array): Float64Array => Float64Array.from(days, (day) => values[day] ?? Number.NaN);
  return { rows: draw(sums.rows), positives: draw(sums.positives), right: draw(sums.right), hits: draw(sums.hits) };
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
