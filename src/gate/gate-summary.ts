import { shortDigest } from '../artifacts/digest.ts';
import { formatEstimate, formatNumber } from '../report/format-number.ts';
import type { Outcome } from '../verdict/verdict.ts';
import type { Champion } from './champion.ts';
import type { Evaluation } from './evaluation.ts';

const words = { pass: 'Passed', fail: 'Refused', inconclusive: 'Undecided' } as const;

/** The decision and its main figures in one line. */
export function summarizeGate({ candidate, baselines, differences }: Evaluation, outcome: Outcome, champion: Champion | undefined): string {
  const word = words[outcome];
  if (differences === undefined || champion === undefined) {
    const beside = baselines.map(({ title, metrics }) => `${title} ${[metrics.accuracy, metrics.recall, metrics.rocAuc].map(({ value }) => formatNumber(value)).join(' / ')}`);
    const [accuracy, recall, rocAuc] = [candidate.accuracy, candidate.recall, candidate.rocAuc].map(({ value, interval }) => formatEstimate(value, interval));
    const found = `${word}: accuracy ${accuracy}, recall ${recall}, ROC-AUC ${rocAuc}`;
    return beside.length === 0 ? found : `${found}; on the same rows ${beside.join(', ')}`;
  }
  const { accuracy, recall } = differences;
  return `${word} against version ${champion.version} (${shortDigest(champion.digest)}): accuracy ${formatEstimate(accuracy.value, accuracy.interval, true)}, recall ${formatEstimate(recall.value, recall.interval, true)}`;
}
