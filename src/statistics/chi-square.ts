import { upperRegularizedGamma } from './gamma.ts';
import { normalQuantile } from './normal-distribution.ts';

/**
 * P(X ≥ x) for X chi-square with `degreesOfFreedom` (any positive number; need not be whole). NaN x gives NaN, x ≤ 0 gives 1.
 * Throws RangeError unless degreesOfFreedom > 0.
 *
 * @example
 * chiSquareSurvival(3.841458820694124, 1); // 0.05
 */
export function chiSquareSurvival(x: number, degreesOfFreedom: number): number {
  if (!(degreesOfFreedom > 0)) throw new RangeError(`degreesOfFreedom must be > 0, got ${degreesOfFreedom}`);
  if (Number.isNaN(x)) return Number.NaN;
  return upperRegularizedGamma(degreesOfFreedom / 2, Math.max(0, x) / 2);
}

/**
 * The x with P(X ≤ x) = probability. 0 gives 0, 1 gives ∞.
 * Source: Wilson–Hilferty start (1931), then bisection to the last representable digit.
 * Throws RangeError for a probability outside [0, 1] or degreesOfFreedom ≤ 0.
 *
 * @example
 * chiSquareQuantile(0.95, 9); // 16.918977604620448
 */
export function chiSquareQuantile(probability: number, degreesOfFreedom: number): number {
  if (!(probability >= 0 && probability <= 1)) throw new RangeError(`probability must be in [0, 1], got ${probability}`);
  if (!(degreesOfFreedom > 0)) throw new RangeError(`degreesOfFreedom must be > 0, got ${degreesOfFreedom}`);
  if (probability === 0) return 0;
  if (probability === 1) return Number.POSITIVE_INFINITY;
  const spread = 2 / (9 * degreesOfFreedom);
  const start = degreesOfFreedom * (1 - spread + normalQuantile(probability) * Math.sqrt(spread)) ** 3;
  const tail = 1 - probability;
  let low = 0;
  let high = Math.max(start, degreesOfFreedom) * 2;
  while (chiSquareSurvival(high, degreesOfFreedom) > tail) high *= 2;
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (chiSquareSurvival(middle, degreesOfFreedom) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
