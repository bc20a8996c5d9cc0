import { assertNever } from '../errors.ts';
import { chiSquareQuantile, chiSquareSurvival } from './chi-square.ts';
import type { CountsByDay } from './count-by-day.ts';
import { psiOfCounts } from './psi.ts';
import { quantileOfSorted } from './quantile.ts';
import { createRandom } from './random.ts';

/** The distribution of PSI when nothing drifts, and how it was found. */
export type PsiNull =
  | {
      readonly method: 'day-block';
      /** PSI of each pair of resampled windows, ascending. */
      readonly sample: Float64Array;
      readonly blockDays: number;
    }
  | {
      readonly method: 'chi-square';
      /** PSI ≈ scale · χ² with degreesOfFreedom. */
      readonly scale: number;
      readonly degreesOfFreedom: number;
      /** Why days could not be resampled, for the report. */
      readonly reason: string;
    };

export interface PsiNullOptions {
  /** Length of the current window in days. */
  readonly windowDays: number;
  readonly seed: string | number;
  /** Consecutive days drawn together, default 1; 7 keeps whole weeks together. */
  readonly blockDays?: number;
  /** Default 1000. */
  readonly replicates?: number;
  /** Fewer reference days than this fall back to chi-square. Default the larger of 14 and twice the window. */
  readonly minimumDays?: number;
  /** Rows of the current window, for the fallback. Default: the reference's mean rows a day times the window. */
  readonly currentSize?: number;
}

/**
 * Null distribution of PSI from the reference alone.
 * Rows of one day share weather and queues, so days (or blocks of days), not rows, are drawn with replacement: once as long as the reference and once as long as
 * the window, PSI between the two. Both sides are drawn because the stored reference is a sample too. With too few days: (1/n + 1/m) · χ² with B − 1 degrees of freedom,
 * which assumes independent rows and is too small where they are not.
 * Sources: Künsch 1989 (block bootstrap), Politis and Romano 1992 (circular blocks), Yurdakul 2018 (chi-square).
 * Throws RangeError for windowDays, blockDays or replicates that are not whole numbers ≥ 1.
 *
 * @example
 * psiNull(countByDay(bins, referenceValues, dayIndex(referenceDays)), { windowDays: 28, seed: 'drift/dep_delay' });
 */
export function psiNull(reference: CountsByDay, options: PsiNullOptions): PsiNull {
  const { windowDays, blockDays = 1, replicates = 1000 } = options;
  for (const [name, value] of Object.entries({ windowDays, blockDays, replicates })) {
    if (!Number.isInteger(value) || value < 1) throw new RangeError(`${name} must be a whole number ≥ 1, got ${value}`);
  }
  const minimumDays = Math.max(options.minimumDays ?? Math.max(14, 2 * windowDays), blockDays, 2);
  if (reference.dayCount < minimumDays) {
    return chiSquareNull(reference, options, `the reference has ${reference.dayCount} days, day-block resampling needs ${minimumDays}`);
  }
  const random = createRandom(options.seed).fork('psi-null');
  const sample = new Float64Array(replicates);
  const before = new Float64Array(reference.binCount);
  const now = new Float64Array(reference.binCount);
  const draw = (days: number, counts: Float64Array): void => {
    counts.fill(0);
    let start = 0;
    for (let drawn = 0; drawn < days; drawn++) {
      if (drawn % blockDays === 0) start = random.integer(reference.dayCount);
      const cell = ((start + (drawn % blockDays)) % reference.dayCount) * reference.binCount;
      for (let bin = 0; bin < counts.length; bin++) counts[bin] = (counts[bin] ?? 0) + (reference.counts[cell + bin] ?? 0);
    }
  };
  for (let replicate = 0; replicate < replicates; replicate++) {
    draw(reference.dayCount, before);
    draw(windowDays, now);
    sample[replicate] = psiOfCounts(before, now);
  }
  const known = sample.filter((psi) => !Number.isNaN(psi)).sort();
  return { method: 'day-block', sample: known, blockDays };
}

function chiSquareNull(reference: CountsByDay, options: PsiNullOptions, reason: string): PsiNull {
  const perBin = new Float64Array(reference.binCount);
  reference.counts.forEach((count, cell) => {
    const bin = cell % reference.binCount;
    perBin[bin] = (perBin[bin] ?? 0) + count;
  });
  const size = perBin.reduce((sum, count) => sum + count, 0);
  const usedBins = perBin.filter((count) => count > 0).length;
  const currentSize = options.currentSize ?? (size / reference.dayCount) * options.windowDays;
  return { method: 'chi-square', scale: 1 / size + 1 / currentSize, degreesOfFreedom: Math.max(usedBins - 1, 1), reason };
}

/** The PSI that an undisturbed window exceeds with probability `level` (for example 0.05). NaN when the reference had no rows. */
export function psiCriticalValue(distribution: PsiNull, level: number): number {
  if (!(level > 0 && level < 1)) throw new RangeError(`level must be in (0, 1), got ${level}`);
  switch (distribution.method) {
    case 'day-block':
      return quantileOfSorted(distribution.sample, 1 - level);
    case 'chi-square':
      return Number.isFinite(distribution.scale) ? distribution.scale * chiSquareQuantile(1 - level, distribution.degreesOfFreedom) : Number.NaN;
    default:
      return assertNever(distribution);
  }
}

/**
 * P(PSI ≥ psi) when nothing drifts. NaN psi or a reference without rows gives NaN.
 * Resampled: (1 + replicates at or above) / (1 + replicates). Above every replicate that stops at 1 / (B + 1), too coarse for false-discovery control over many
 * columns, so the tail goes on as the scaled chi-square with the sample's mean and variance (Satterthwaite 1946), never above that bound.
 */
export function psiPValue(distribution: PsiNull, psi: number): number {
  if (Number.isNaN(psi)) return Number.NaN;
  switch (distribution.method) {
    case 'chi-square':
      return Number.isFinite(distribution.scale) ? chiSquareSurvival(psi / distribution.scale, distribution.degreesOfFreedom) : Number.NaN;
    case 'day-block': {
      const { sample } = distribution;
      if (sample.length === 0) return Number.NaN;
      let atOrAbove = 0;
      for (let index = sample.length - 1; index >= 0 && (sample[index] ?? 0) >= psi; index--) atOrAbove++;
      const counted = (1 + atOrAbove) / (1 + sample.length);
      return atOrAbove > 0 ? counted : Math.min(counted, matchedTail(sample, psi));
    }
    default:
      return assertNever(distribution);
  }
}

function matchedTail(sample: Float64Array, psi: number): number {
  const mean = sample.reduce((sum, value) => sum + value, 0) / sample.length;
  const variance = sample.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sample.length;
  if (mean === 0) return 0;
  if (variance === 0) return 1;
  return chiSquareSurvival((psi * 2 * mean) / variance, (2 * mean * mean) / variance);
}
