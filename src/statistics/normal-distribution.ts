import { upperRegularizedGamma } from './gamma.ts';

/**
 * Standard normal distribution function P(Z ≤ z). NaN gives NaN.
 * Source: Φ(−|z|) = Q(1/2, z²/2) / 2.
 *
 * @example
 * normalCdf(1.959963984540054); // 0.975
 */
export function normalCdf(z: number): number {
  if (Number.isNaN(z)) return Number.NaN;
  const tail = upperRegularizedGamma(0.5, (z * z) / 2) / 2;
  return z < 0 ? tail : 1 - tail;
}

/** Two-sided p-value of a standard normal statistic: P(|Z| ≥ |z|). NaN gives NaN. */
export function normalTwoSidedPValue(z: number): number {
  return Number.isNaN(z) ? Number.NaN : upperRegularizedGamma(0.5, (z * z) / 2);
}

/**
 * Standard normal quantile. 0 gives −∞, 1 gives ∞. Throws RangeError outside [0, 1] and for NaN.
 * Source: starting value from Abramowitz and Stegun 26.2.23 (error below 4.5e-4), then Halley steps on the distribution function.
 *
 * @example
 * normalQuantile(0.975); // 1.959963984540054
 */
export function normalQuantile(probability: number): number {
  if (!(probability >= 0 && probability <= 1)) throw new RangeError(`probability must be in [0, 1], got ${probability}`);
  if (probability === 0) return Number.NEGATIVE_INFINITY;
  if (probability === 1) return Number.POSITIVE_INFINITY;
  if (probability === 0.5) return 0;
  // The lower tail keeps its relative precision, so the upper half is mirrored.
  if (probability > 0.5) return -normalQuantile(1 - probability);
  const t = Math.sqrt(-2 * Math.log(probability));
  let z = -(t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))));
  for (let step = 0; step < 3; step++) {
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    if (density === 0) break;
    const newton = (normalCdf(z) - probability) / density;
    z -= newton / (1 + (z * newton) / 2);
  }
  return z;
}
