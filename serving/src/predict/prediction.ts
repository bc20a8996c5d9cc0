import type { LoadedModel } from '../model/load-model.ts';
import { RequestError } from '../request-error.ts';
import type { Row } from './row-encoder.ts';

export interface Prediction {
  readonly probability: number;
  readonly threshold: number;
  readonly decision: 0 | 1;
}

/** Key columns of the row, then the prediction. */
export type PredictionAnswer = Prediction & Readonly<Record<string, string | number | null>>;

/** @throws RequestError `score-invalid` where the model gave no probability. */
export function decide(probability: number, threshold: number): Prediction {
  if (!(probability >= 0 && probability <= 1)) throw new RequestError('score-invalid', `The model answered ${probability}, which is not a probability.`);
  return { probability, threshold, decision: probability >= threshold ? 1 : 0 };
}

export function answerFor(row: Row, prediction: Prediction, model: LoadedModel): PredictionAnswer {
  const answer: Record<string, string | number | null> = {};
  for (const column of model.description.key) answer[column] = row[column] ?? null;
  return Object.assign(answer, prediction);
}
