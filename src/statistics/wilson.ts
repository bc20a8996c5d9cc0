import { normalQuantile } from './normal-distribution.ts';

/** A share with its interval. `value` and `interval` are NaN for zero trials. */
export interface Proportion {
  readonly value: number;
  readonly interval: readonly [number, number];
  readonly sampleSize: number;
}

/**
 * Wilson score interval of a proportion; sound near 0 and 1 and for few trials. Assumes independent trials.
 * Source: Wilson 1927. Throws RangeError unless 0 ≤ successes ≤ trials and level is in (0, 1).
 *
 * @example
 * wilson(8, 10).interval; // [0.490…, 0.943…]
 */
export function wilson(successes: number, trials: number, level = 0.95): Proportion {
  if (!(successes >= 0 && successes <= trials)) throw new RangeError(`successes must be in [0, ${trials}], got ${successes}`);
  if (!(level > 0 && level < 1)) throw new RangeError(`level must be in (0, 1), got ${level}`);
  if (trials === 0) return { value: Number.NaN, interval: [Number.NaN, Number.NaN], sampleSize: 0 };
  const z = normalQuantile(0.5 + level / 2);
  const value = successes / trials;
  const shrink = 1 + (z * z) / trials;
  const centre = (value + (z * z) / (2 * trials)) / shrink;
  const margin = (z * Math.sqrt((value * (1 - value)) / trials + (z * z) / (4 * trials * trials))) / shrink;
  const low = successes === 0 ? 0 : Math.max(0, centre - margin);
  const high = successes === trials ? 1 : Math.min(1, centre + margin);
  return { value, interval: [low, high], sampleSize: trials };
}
