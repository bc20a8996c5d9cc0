import { quantileOfSorted } from './quantile.ts';
import { createRandom } from './random.ts';

/** A statistic as a function of how often each day counts. `weights` has one entry per day; all ones is the sample itself. NaN = undefined there. */
export type DayStatistic = (weights: Float64Array) => number;

export interface DayBlockOptions {
  readonly dayCount: number;
  readonly seed: string | number;
  /** Default 2000. */
  readonly replicates?: number;
  /** Confidence of the interval, default 0.95. */
  readonly level?: number;
  /** Consecutive days drawn together, default 1. */
  readonly blockDays?: number;
}

export interface BootstrapEstimate {
  /** The statistic on the sample itself. */
  readonly value: number;
  /** Percentile interval; NaN when fewer than two days exist or the statistic is undefined on more than 5 % of replicates. */
  readonly interval: readonly [number, number];
  /** The statistic on each resample, in drawing order; NaN where undefined. */
  readonly replicates: Float64Array;
}

/**
 * Percentile intervals by drawing days (or circular blocks of days) with replacement. Rows of one day are not independent, so the day is the unit.
 * All statistics see the same draws: a difference of two models is one statistic here, and is then paired.
 * Sources: Efron 1979; Künsch 1989; Politis and Romano 1992 (circular blocks).
 * Throws RangeError for counts that are not whole numbers ≥ 1 (dayCount may be 0) or a level outside (0, 1).
 *
 * @example
 * const correct = Float64Array.of(8, 9, 7), rows = Float64Array.of(10, 10, 10);
 * dayBlockBootstrap({ accuracy: ratioOfSums(correct, rows) }, { dayCount: 3, seed: 1 }).accuracy.value; // 0.8
 */
export function dayBlockBootstrap<Name extends string>(
  statistics: Readonly<Record<Name, DayStatistic>>,
  options: DayBlockOptions,
): Record<Name, BootstrapEstimate> {
  const { dayCount, seed, replicates = 2000, level = 0.95, blockDays = 1 } = options;
  if (!Number.isInteger(dayCount) || dayCount < 0) throw new RangeError(`dayCount must be a whole number ≥ 0, got ${dayCount}`);
  for (const [name, value] of Object.entries({ replicates, blockDays })) {
    if (!Number.isInteger(value) || value < 1) throw new RangeError(`${name} must be a whole number ≥ 1, got ${value}`);
  }
  if (!(level > 0 && level < 1)) throw new RangeError(`level must be in (0, 1), got ${level}`);

  const entries = Object.entries<DayStatistic>(statistics).map(([name, statistic]) => ({
    name,
    statistic,
    value: statistic(new Float64Array(dayCount).fill(1)),
    drawn: new Float64Array(replicates).fill(Number.NaN),
  }));
  if (dayCount >= 2) {
    const random = createRandom(seed).fork('day-block-bootstrap');
    const weights = new Float64Array(dayCount);
    for (let replicate = 0; replicate < replicates; replicate++) {
      weights.fill(0);
      let start = 0;
      for (let drawn = 0; drawn < dayCount; drawn++) {
        if (drawn % blockDays === 0) start = random.integer(dayCount);
        const day = (start + (drawn % blockDays)) % dayCount;
        weights[day] = (weights[day] ?? 0) + 1;
      }
      for (const entry of entries) entry.drawn[replicate] = entry.statistic(weights);
    }
  }
  const estimates = entries.map(({ name, value, drawn }) => [name, { value, interval: percentileInterval(drawn, level), replicates: drawn }]);
  return Object.fromEntries(estimates) as Record<Name, BootstrapEstimate>;
}

function percentileInterval(drawn: Float64Array, level: number): readonly [number, number] {
  const known = drawn.filter((value) => !Number.isNaN(value)).sort();
  if (known.length < 0.95 * drawn.length) return [Number.NaN, Number.NaN];
  return [quantileOfSorted(known, (1 - level) / 2), quantileOfSorted(known, (1 + level) / 2)];
}

/**
 * Fast path: Σ numerator / Σ denominator from one pair of sums per day (see `daySums`), so a replicate costs O(days), not O(rows). NaN when the denominator is 0.
 * Throws RangeError when lengths differ.
 */
export function ratioOfSums(numerators: Float64Array, denominators: Float64Array): DayStatistic {
  if (numerators.length !== denominators.length) {
    throw new RangeError(`${numerators.length} numerators but ${denominators.length} denominators`);
  }
  return (weights) => {
    const denominator = weightedSum(denominators, weights);
    return denominator === 0 ? Number.NaN : weightedSum(numerators, weights) / denominator;
  };
}

/** first − second under the same draw: a paired difference. */
export function differenceOf(first: DayStatistic, second: DayStatistic): DayStatistic {
  return (weights) => first(weights) - second(weights);
}

/** first − second of two estimates from one call of `dayBlockBootstrap`: paired draw by draw, without computing either again. */
export function differenceOfEstimates(first: BootstrapEstimate, second: BootstrapEstimate, level = 0.95): BootstrapEstimate {
  if (first.replicates.length !== second.replicates.length) throw new RangeError(`${first.replicates.length} draws but ${second.replicates.length}`);
  const replicates = first.replicates.map((drawn, at) => drawn - (second.replicates[at] ?? Number.NaN));
  return { value: first.value - second.value, interval: percentileInterval(replicates, level), replicates };
}

/** Σ weights[day] · sums[day]. */
export function weightedSum(sums: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let day = 0; day < sums.length; day++) sum += (sums[day] ?? 0) * (weights[day] ?? 0);
  return sum;
}
