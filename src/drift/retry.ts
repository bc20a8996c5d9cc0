import type { DriftSection, RetrainSection } from '../pipeline/schema/drift.ts';
import { dayOf, dayStart } from '../pipeline/training-window.ts';
import { formatNumber } from '../report/format-number.ts';
import type { Finding } from './finding.ts';
import type { IncidentState } from './incident.ts';

export type RetryDecision = { readonly kind: 'retry'; readonly reason: string } | { readonly kind: 'wait'; readonly nextTry: string };

export interface RetryInput {
  readonly waiting: Extract<IncidentState, { kind: 'waiting' }>;
  readonly findings: readonly Finding[];
  /** UTC milliseconds up to which labels are complete now. */
  readonly labelledUntil: number;
  readonly drift: DriftSection;
  readonly retrain: RetrainSection;
}

const earlyShare = 0.75;

/**
 * Pure. A refused incident is tried again after `wait` new labelled days, after `wait-unproven` where more rows are all that the challenger lacked; after three quarters of them already when realised performance has fallen further by the
 * alarm's own measure. Sooner a challenger would be tested on mostly the rows of the one that was refused.
 */
export function decideRetry({ waiting, findings, labelledUntil, drift, retrain }: RetryInput): RetryDecision {
  const wait = waiting.unproven ? (retrain['wait-unproven'] ?? retrain.wait) : retrain.wait;
  const due = dayStart(waiting.labelledUntil) + wait;
  if (labelledUntil >= due) return { kind: 'retry', reason: `labels have come up to ${dayOf(labelledUntil)}` };
  const soonest = dayStart(waiting.labelledUntil) + wait * earlyShare;
  if (labelledUntil < soonest) return { kind: 'wait', nextTry: dayOf(due) };
  const fallen = (metric: 'accuracy' | 'recall', maximum: number): string | undefined => {
    const before = waiting.performance[metric];
    const finding = findings.find(({ id }) => id === `performance.${metric}`);
    if (before === null || finding?.value === null || finding?.value === undefined || finding.state === 'inconclusive') return undefined;
    const beyondChance = finding.interval !== undefined && finding.interval !== null && finding.interval[1] < before;
    if (before - finding.value <= maximum || !beyondChance) return undefined;
    return `${metric} has fallen further, from ${formatNumber(before)} to ${formatNumber(finding.value)}`;
  };
  const reason = fallen('accuracy', drift.performance['maximum-drop']) ?? fallen('recall', drift.performance['recall-maximum-drop']);
  return reason === undefined ? { kind: 'wait', nextTry: dayOf(due) } : { kind: 'retry', reason };
}
