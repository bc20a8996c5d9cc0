import type { GateSection } from '../pipeline/schema/gate.ts';
import { formatChange, formatCount, formatNumber } from '../report/format-number.ts';
import type { Check } from '../verdict/verdict.ts';
import type { Evaluation } from './evaluation.ts';
import type { SliceEvaluation } from './slices.ts';

type SliceChecks = NonNullable<GateSection['slice-checks']>;

const titles = { accuracy: 'Accuracy in every slice', recall: 'Recall in every slice' } as const;

/**
 * Non-inferiority by slice, one check a metric: it fails where the candidate is worse than the champion by more than the margin in a slice, beyond what
 * chance does among so many. What is too small to judge is named, and decides nothing.
 */
export function sliceChecks(section: SliceChecks | undefined, evaluation: Evaluation): Check[] {
  if (section === undefined) return [];
  return section.metrics.map((asked) => sliceCheck(asked, section['false-discovery-rate'], evaluation));
}

function sliceCheck({ metric, margin, severity }: SliceChecks['metrics'][number], rate: number, { champion, slices }: Evaluation): Check {
  const base = {
    id: `slices.${metric}`,
    title: titles[metric],
    severity,
    threshold: `no slice worse by more than ${formatNumber(margin)}, false discoveries ≤ ${formatNumber(100 * rate)} %`,
  };
  if (champion === undefined) return { ...base, value: null, verdict: 'skipped', message: 'first run: there is no champion to compare with; the slices are reported' };
  const judged = slices.filter((slice) => slice.notJudged === undefined && slice.differences?.[metric].qValue !== null);
  const left = slices.filter((slice) => !judged.includes(slice));
  const notJudged = left.length === 0 ? '' : `; not judged: ${left.map((slice) => `${nameOf(slice)} (${slice.notJudged ?? 'undefined on too many resamples'})`).join(', ')}`;
  if (judged.length === 0) return { ...base, value: null, verdict: 'inconclusive', message: `no slice has enough rows${notJudged}`, remedy: 'Widen the test window, or cut coarser slices.' };
  const worst = judged.reduce((lowest, slice) => (differenceIn(slice, metric) < differenceIn(lowest, metric) ? slice : lowest));
  const { value = null, interval = null, sampleSize = 0 } = worst.differences?.[metric] ?? {};
  const found = { ...base, value, ...(interval === null ? {} : { interval: [interval[0], interval[1]] as [number, number] }), sampleSize };
  const failed = judged.filter((slice) => (slice.differences?.[metric].qValue ?? 1) <= rate);
  if (failed.length === 0) {
    return { ...found, verdict: 'pass', message: `${formatCount(judged.length)} slices; the lowest difference is that of ${nameOf(worst)}${notJudged}` };
  }
  return {
    ...found,
    verdict: 'fail',
    message: `worse than the champion in ${failed.map((slice) => `${nameOf(slice)} (${formatChange(differenceIn(slice, metric))})`).join(', ')}${notJudged}`,
    remedy: 'Look at the rows of these slices: too few of them to fit on, or a feed that fails there, are the usual causes.',
  };
}

function nameOf({ column, value }: SliceEvaluation): string {
  return `${column} ${value}`;
}

function differenceIn({ differences }: SliceEvaluation, metric: 'accuracy' | 'recall'): number {
  return differences?.[metric].value ?? Number.POSITIVE_INFINITY;
}
