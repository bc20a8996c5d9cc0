import type { OperatingPoint } from '../operating-point/operating-point.ts';
import { RequestError } from '../request-error.ts';

export interface Prediction {
  readonly probability: number;
  readonly threshold: number;
  readonly decision: 0 | 1;
}

/** Key columns of the row, then the prediction. */
export type PredictionAnswer = Prediction & Readonly<Record<string, string | number | null>>;

export const decide = (probability: number, { threshold }: OperatingPoint): 0 | 1 => (probability >= threshold ? 1 : 0);

/** @throws RequestError `score-invalid` where the model gave no probability. */
export function checkProbabilities(probabilities: Iterable<number>): void {
  for (const probability of probabilities) {
    if (!(probability >= 0 && probability <= 1)) throw new RequestError('score-invalid', `The model answered ${probability}, which is not a probability.`);
  }
}
