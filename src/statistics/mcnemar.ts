import { chiSquareSurvival } from './chi-square.ts';
import { logGamma } from './gamma.ts';

export interface McNemar {
  readonly method: 'exact' | 'chi-square';
  /** Rows on which the two disagree. */
  readonly discordant: number;
  /** Two-sided; 1 when they never disagree. Assumes independent rows: report, do not decide by it. */
  readonly pValue: number;
}

/** Above this many disagreements the chi-square approximation agrees with the exact test to three digits. */
const exactLimit = 1000;

/**
 * McNemar's test that two classifiers on the same rows are right equally often.
 * Exact binomial up to 1,000 disagreements, above it chi-square with Edwards' continuity correction.
 * Source: McNemar 1947, Edwards 1948. Throws RangeError unless both counts are whole numbers ≥ 0.
 *
 * @param onlyFirstRight rows only the first classifies correctly
 * @param onlySecondRight rows only the second classifies correctly
 *
 * @example
 * mcnemar(1, 9).pValue; // 0.021484375
 */
export function mcnemar(onlyFirstRight: number, onlySecondRight: number): McNemar {
  for (const count of [onlyFirstRight, onlySecondRight]) {
    if (!Number.isInteger(count) || count < 0) throw new RangeError(`counts must be whole numbers ≥ 0, got ${count}`);
  }
  const discordant = onlyFirstRight + onlySecondRight;
  const difference = Math.abs(onlyFirstRight - onlySecondRight);
  if (discordant <= exactLimit) {
    return { method: 'exact', discordant, pValue: exactPValue(Math.min(onlyFirstRight, onlySecondRight), discordant) };
  }
  const statistic = Math.max(0, difference - 1) ** 2 / discordant;
  return { method: 'chi-square', discordant, pValue: chiSquareSurvival(statistic, 1) };
}

/** min(1, 2·P(X ≤ smaller)) for X binomial(trials, ½). */
function exactPValue(smaller: number, trials: number): number {
  const logAll = logGamma(trials + 1) - trials * Math.LN2;
  let tail = 0;
  for (let hits = 0; hits <= smaller; hits++) tail += Math.exp(logAll - logGamma(hits + 1) - logGamma(trials - hits + 1));
  return Math.min(1, 2 * tail);
}
