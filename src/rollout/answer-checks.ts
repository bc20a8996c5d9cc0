import { formatChange, formatShare } from '../report/format-number.ts';
import type { Check } from '../verdict/verdict.ts';
import type { AnswerTally } from './answer-tally.ts';
import type { RolloutLimits, RolloutObservations } from './observations.ts';

/** The golden requests as a caller saw them, through the service address. */
export function checkRequests({ answers }: RolloutObservations, limits: RolloutLimits): Check {
  const { requests, failedRequests, firstFailure } = answers;
  const base = { id: 'request-errors', title: 'Failed golden requests', severity: 'error' as const, threshold: `< ${formatShare(limits.errorRate)}`, sampleSize: requests };
  const value = requests === 0 ? null : failedRequests / requests;
  const message = firstFailure === undefined ? {} : { message: `first failure: ${firstFailure}` };
  if (value === null || requests < limits.minimumRequests) return { ...base, value, verdict: 'inconclusive', message: firstFailure ?? `${requests} requests of at least ${limits.minimumRequests}` };
  return { ...base, value, verdict: value < limits.errorRate ? 'pass' : 'fail', ...message };
}

/** Every served score must be the one that the gate accepted. One that is not needs no larger sample. */
export function checkScores({ answers }: RolloutObservations, limits: RolloutLimits): Check {
  const { rows, maximumDifference } = answers;
  const base = { id: 'score-difference', title: 'Served scores equal the accepted ones', severity: 'error' as const, threshold: `≤ ${limits.scoreTolerance}`, sampleSize: rows };
  if (rows === 0) return { ...base, value: null, verdict: 'inconclusive', message: 'no row was answered yet' };
  const value = Number.isFinite(maximumDifference) ? maximumDifference : null;
  if (value === null || value > limits.scoreTolerance) {
    return { ...base, value, verdict: 'fail', message: value === null ? 'a served score is no number' : 'the service answers other scores than the gate saw', remedy: 'Compare the image and its environment with what was registered.' };
  }
  return { ...base, value, ...floored(answers, limits) };
}

/** Served against accepted on identical requests: mean score and predicted-positive rate. */
export function checkDistribution({ answers }: RolloutObservations, limits: RolloutLimits): Check[] {
  const { rows, served, accepted } = answers;
  const one = (id: string, title: string, sums: { served: number; accepted: number }): Check => {
    const base = { id, title, severity: 'error' as const, threshold: `within ±${formatShare(limits.distributionTolerance)} of accepted`, sampleSize: rows };
    if (rows === 0) return { ...base, value: null, verdict: 'inconclusive', message: 'no row was answered yet' };
    const change = relativeChange(sums.served, sums.accepted);
    const details = { accepted: sums.accepted / rows, ...(change === undefined ? {} : { change }) };
    const value = Number.isFinite(sums.served) ? sums.served / rows : null;
    if (value === null || change === undefined) return { ...base, value, verdict: 'inconclusive', message: 'the difference cannot be expressed as a share of what was accepted', details };
    const sample = floored(answers, limits);
    if (sample.verdict === 'inconclusive') return { ...base, value, details, ...sample };
    return { ...base, value, details, verdict: Math.abs(change) <= limits.distributionTolerance ? 'pass' : 'fail', message: `${formatChange(change * 100)} % against what the gate accepted` };
  };
  return [
    one('mean-score', 'Mean score', { served: served.score, accepted: accepted.score }),
    one('positive-rate', 'Predicted-positive rate', { served: served.positives, accepted: accepted.positives }),
  ];
}

/** For the reader: how far the accepted model lies from its champion on the same requests. The gate has judged that already. */
export function reportChampion({ answers }: RolloutObservations): Check[] {
  const { rows, scores, accepted } = answers.champion;
  if (rows === 0) return [];
  const one = (id: string, title: string, sums: { champion: number; accepted: number }): Check => {
    const change = relativeChange(sums.accepted, sums.champion);
    return {
      id,
      title,
      severity: 'info',
      value: sums.champion / rows,
      sampleSize: rows,
      verdict: 'pass',
      message: change === undefined ? 'the gate accepted a change from 0' : `the gate accepted a change of ${formatChange(change * 100)} %`,
      details: { champion: sums.champion / rows, candidate: sums.accepted / rows },
    };
  };
  return [
    one('champion-mean-score', 'Champion’s mean score on the same requests', { champion: scores.score, accepted: accepted.score }),
    one('champion-positive-rate', 'Champion’s predicted-positive rate on the same requests', { champion: scores.positives, accepted: accepted.positives }),
  ];
}

function floored({ requests }: AnswerTally, { minimumRequests }: RolloutLimits): { verdict: 'pass' | 'inconclusive'; message?: string } {
  return requests >= minimumRequests ? { verdict: 'pass' } : { verdict: 'inconclusive', message: `${requests} requests of at least ${minimumRequests}` };
}

/** (value − base) / base; 0 where both are 0; undefined where that is no finite number. */
function relativeChange(value: number, base: number): number | undefined {
  if (value === base) return 0;
  const change = (value - base) / base;
  return Number.isFinite(change) ? change : undefined;
}
