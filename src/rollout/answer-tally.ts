import type { ServiceAnswer } from './ask-service.ts';
import type { Golden, GoldenRow } from './read-golden.ts';

/** What the golden requests showed so far, served beside accepted, on identical rows. */
export interface AnswerTally {
  readonly requests: number;
  readonly failedRequests: number;
  readonly firstFailure: string | undefined;
  readonly rows: number;
  /** Requests by the model digest that the answer named. */
  readonly models: Readonly<Record<string, number>>;
  /** Largest absolute difference of a served and an accepted probability. */
  readonly maximumDifference: number;
  readonly served: ScoreSum;
  readonly accepted: ScoreSum;
  /** Only over rows that have a champion's score; `accepted` over the same rows stands beside it. */
  readonly champion: { readonly rows: number; readonly scores: ScoreSum; readonly accepted: ScoreSum };
}

export interface ScoreSum {
  readonly score: number;
  readonly positives: number;
}

const zero: ScoreSum = { score: 0, positives: 0 };

export const emptyTally: AnswerTally = {
  requests: 0,
  failedRequests: 0,
  firstFailure: undefined,
  rows: 0,
  models: {},
  maximumDifference: 0,
  served: zero,
  accepted: zero,
  champion: { rows: 0, scores: zero, accepted: zero },
};

export function addAnswer(tally: AnswerTally, asked: readonly GoldenRow[], exchange: { answer: ServiceAnswer } & Pick<Golden, 'threshold' | 'championThreshold'>): AnswerTally {
  const { answer, threshold, championThreshold = threshold } = exchange;
  const requests = tally.requests + 1;
  if (answer.kind === 'failed') return { ...tally, requests, failedRequests: tally.failedRequests + 1, firstFailure: tally.firstFailure ?? answer.reason };
  let { served, accepted, champion, maximumDifference } = tally;
  for (const [index, row] of asked.entries()) {
    const prediction = answer.predictions[index];
    const probability = prediction?.probability ?? Number.NaN;
    const difference = Math.abs(probability - row.probability);
    // Not a number is the largest difference there is.
    maximumDifference = Number.isFinite(difference) ? Math.max(maximumDifference, difference) : Number.POSITIVE_INFINITY;
    served = { score: served.score + probability, positives: served.positives + (prediction?.decision ?? 0) };
    accepted = addScore(accepted, row.probability, threshold);
    if (row.championProbability === undefined) continue;
    champion = {
      rows: champion.rows + 1,
      scores: addScore(champion.scores, row.championProbability, championThreshold),
      accepted: addScore(champion.accepted, row.probability, threshold),
    };
  }
  const models = { ...tally.models, [answer.modelDigest]: (tally.models[answer.modelDigest] ?? 0) + 1 };
  return { ...tally, requests, rows: tally.rows + asked.length, models, maximumDifference, served, accepted, champion };
}

function addScore(sum: ScoreSum, probability: number, threshold: number): ScoreSum {
  return { score: sum.score + probability, positives: sum.positives + (probability >= threshold ? 1 : 0) };
}
