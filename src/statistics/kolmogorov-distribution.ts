/**
 * P(K ≥ x) for the limiting Kolmogorov distribution. x ≤ 0 gives 1, NaN gives NaN.
 * Source: Kolmogorov 1933; below 1.18 the dual (theta-function) series is used because the alternating one converges slowly there (Marsaglia, Tsang and Wang 2003).
 *
 * @example
 * kolmogorovSurvival(1.3580986393225505); // 0.05
 */
export function kolmogorovSurvival(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x <= 0) return 1;
  if (x < 1.18) {
    const exponent = -(Math.PI ** 2) / (8 * x * x);
    let sum = 0;
    for (let odd = 1; odd <= 19; odd += 2) sum += Math.exp(exponent * odd * odd);
    return Math.min(1, Math.max(0, 1 - (Math.sqrt(2 * Math.PI) / x) * sum));
  }
  let sum = 0;
  for (let term = 1; term <= 20; term++) sum += (term % 2 === 1 ? 2 : -2) * Math.exp(-2 * term * term * x * x);
  return Math.min(1, Math.max(0, sum));
}
