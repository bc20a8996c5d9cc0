import { formatCount } from '../report/format-number.ts';
import type { BootstrapEstimate } from '../statistics/day-block-bootstrap.ts';
import { falseDiscoveryQValues } from '../statistics/false-discovery.ts';
import { normalCdf } from '../statistics/normal-distribution.ts';
import { type Estimate, finite, toEstimate } from './estimate.ts';

/** Which slices are compared, and what counts as worse. */
export interface SliceComparison {
  /** By how much a challenger may be worse than the champion, absolute; a metric without a margin is not tested. */
  readonly margins: Readonly<Partial<Record<'accuracy' | 'recall', number>>>;
  readonly minimumRows: number;
  readonly minimumPositives: number;
  /** The q-value from which a slice counts as worse. */
  readonly falseDiscoveryRate: number;
}

/** Candidate − champion in one slice. */
export interface SliceDifference extends Estimate {
  /** One-sided: how likely such a sample is where the candidate is worse by no more than the margin. Null where the slice is not judged by this metric. */
  readonly pValue: number | null;
  /** Benjamini–Hochberg over all judged slices and metrics. */
  readonly qValue: number | null;
}

export interface ComparedSlice {
  readonly rows: number;
  readonly positives: number;
  /** The paired difference, undefined without a champion. */
  readonly accuracy: BootstrapEstimate | undefined;
  readonly recall: BootstrapEstimate | undefined;
}

export interface SliceJudgement {
  readonly differences?: Readonly<Record<'accuracy' | 'recall', SliceDifference>>;
  readonly notJudged?: string;
}

/**
 * Paired day-block bootstrap in every slice: the p-value is the share of resamples in which the candidate is *not* worse by more than the margin.
 * With many slices some look worse by chance alone, so what counts is the q-value over all of them. Where there are so many that even the smallest share the resamples can tell
 * would be no discovery, a slice that is worse in each of them has the p-value of the normal distribution that they have: otherwise nothing could ever fail.
 */
export function compareSlices(slices: readonly ComparedSlice[], comparison: SliceComparison): SliceJudgement[] {
  const reasons = slices.map((slice) => tooFew(slice, comparison));
  const tests = slices.flatMap((slice, index) => (['accuracy', 'recall'] as const).map((metric) => ({ index, metric, estimate: slice[metric] })));
  const judge = (pValueOf: typeof nonInferiorityPValue): number[] =>
    tests.map(({ index, metric, estimate }) => {
      const margin = comparison.margins[metric];
      return estimate === undefined || margin === undefined || reasons[index] !== undefined ? Number.NaN : pValueOf(estimate, margin);
    });
  const shares = judge(nonInferiorityPValue);
  const judged = shares.filter((pValue) => !Number.isNaN(pValue)).length;
  const resamples = Math.min(...tests.map(({ estimate }) => estimate?.replicates.length ?? Number.POSITIVE_INFINITY));
  const pValues = judged / (resamples + 1) > comparison.falseDiscoveryRate ? judge(extrapolatedPValue) : shares;
  const qValues = falseDiscoveryQValues(pValues);
  const differenceOf = (index: number, metric: 'accuracy' | 'recall', sampleSize: number): SliceDifference | undefined => {
    const at = 2 * index + (metric === 'accuracy' ? 0 : 1);
    const estimate = tests[at]?.estimate;
    if (estimate === undefined) return undefined;
    return { ...toEstimate({ ...estimate, sampleSize }), pValue: finite(pValues[at] ?? Number.NaN), qValue: finite(qValues[at] ?? Number.NaN) };
  };
  return slices.map((slice, index): SliceJudgement => {
    const accuracy = differenceOf(index, 'accuracy', slice.rows);
    const recall = differenceOf(index, 'recall', slice.positives);
    const notJudged = reasons[index];
    return {
      ...(accuracy === undefined || recall === undefined ? {} : { differences: { accuracy, recall } }),
      ...(notJudged === undefined ? {} : { notJudged }),
    };
  });
}

function tooFew({ rows, positives }: ComparedSlice, { minimumRows, minimumPositives }: SliceComparison): string | undefined {
  if (rows < minimumRows) return `${formatCount(rows)} rows; ${formatCount(minimumRows)} are needed`;
  if (positives < minimumPositives) return `${formatCount(positives)} positive rows; ${formatCount(minimumPositives)} are needed`;
  return undefined;
}

/**
 * Percentile p-value of "worse by more than the margin" against "not": (1 + resamples at or above −margin) / (1 + resamples), so that no finite
 * number of draws makes it 0. NaN where the difference is undefined, or undefined on more than 5 % of the draws.
 * Source: Davison and Hinkley, "Bootstrap methods and their application", 1997, eq. 4.11.
 */
export function nonInferiorityPValue({ value, replicates }: Pick<BootstrapEstimate, 'value' | 'replicates'>, margin: number): number {
  if (Number.isNaN(value)) return Number.NaN;
  let known = 0;
  let notWorse = 0;
  for (const drawn of replicates) {
    if (Number.isNaN(drawn)) continue;
    known += 1;
    if (drawn >= -margin) notWorse += 1;
  }
  if (known === 0 || known < 0.95 * replicates.length) return Number.NaN;
  return (1 + notWorse) / (1 + known);
}

/**
 * The same where the margin lies among the resamples. Where all of them are worse, the share says no more than "fewer than one in so many"; the tail of the normal distribution with their
 * mean and standard deviation says how many. Never above the share.
 */
export function extrapolatedPValue(estimate: Pick<BootstrapEstimate, 'value' | 'replicates'>, margin: number): number {
  const share = nonInferiorityPValue(estimate, margin);
  const known = estimate.replicates.filter((drawn) => !Number.isNaN(drawn));
  if (Number.isNaN(share) || known.some((drawn) => drawn >= -margin)) return share;
  const mean = known.reduce((sum, drawn) => sum + drawn, 0) / known.length;
  const spread = Math.sqrt(known.reduce((sum, drawn) => sum + (drawn - mean) ** 2, 0) / Math.max(1, known.length - 1));
  return spread === 0 ? 0 : Math.min(share, normalCdf((mean + margin) / spread));
}
