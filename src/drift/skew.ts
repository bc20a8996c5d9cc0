import type { Table } from '../data/table.ts';
import { formatShare } from '../report/format-number.ts';
import type { Finding } from './finding.ts';

/** Differences up to this are rounding on the way through JSON and float32. */
const relativeTolerance = 1e-5;
const allowedShare = 0.01;

export interface SkewOptions {
  readonly logged: Table;
  /** Recomputed from the sources by the same query. */
  readonly recomputed: Table;
  /** Row of `recomputed` for each logged row, or −1. */
  readonly recomputedRow: Int32Array;
  readonly columns: readonly string[];
}

/** Training–serving skew: the features that the service was sent against the same features recomputed from the sources now. */
export function detectSkew({ logged, recomputed, recomputedRow, columns }: SkewOptions): Finding {
  const joined = recomputedRow.reduce((sum, row) => sum + (row >= 0 ? 1 : 0), 0);
  const shares = columns
    .map((name) => ({ name, share: joined === 0 ? Number.NaN : countDifferent(name, { logged, recomputed, recomputedRow }) / joined }))
    .filter(({ share }) => !Number.isNaN(share))
    .sort((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1));
  const [worst] = shares;
  const base = { id: 'skew', title: 'Logged features that differ from recomputed ones', kind: 'data' as const, alarming: false, threshold: `≤ ${formatShare(allowedShare)} of rows in every column`, sampleSize: joined };
  if (worst === undefined) return { ...base, state: 'inconclusive', value: null, message: 'no logged row was found in the dataset' };
  const skewed = shares.filter(({ share }) => share > allowedShare);
  const named = skewed.slice(0, 4).map(({ name, share }) => `${name} in ${formatShare(share)} of rows`);
  return {
    ...base,
    state: skewed.length > 0 ? 'signal' : 'quiet',
    value: worst.share,
    message: skewed.length > 0 ? `differs: ${named.join(', ')}` : `at most ${formatShare(worst.share)} of rows (${worst.name})`,
    details: { columns: Object.fromEntries(skewed.map(({ name, share }) => [name, share])) },
  };
}

function countDifferent(name: string, { logged, recomputed, recomputedRow }: Omit<SkewOptions, 'columns'>): number {
  const [sentNumbers, madeNumbers] = [logged.numbers.get(name), recomputed.numbers.get(name)];
  const [sentStrings, madeStrings] = [logged.strings.get(name), recomputed.strings.get(name)];
  let different = 0;
  if (sentNumbers !== undefined && madeNumbers !== undefined) {
    for (let row = 0; row < recomputedRow.length; row++) {
      const at = recomputedRow[row] ?? -1;
      if (at >= 0 && !sameNumber(sentNumbers[row] ?? Number.NaN, madeNumbers[at] ?? Number.NaN)) different++;
    }
    return different;
  }
  if (sentStrings === undefined || madeStrings === undefined) return Number.NaN;
  for (let row = 0; row < recomputedRow.length; row++) {
    const at = recomputedRow[row] ?? -1;
    if (at >= 0 && sentStrings[row] !== madeStrings[at]) different++;
  }
  return different;
}

function sameNumber(sent: number, made: number): boolean {
  if (Number.isNaN(sent) || Number.isNaN(made)) return Number.isNaN(sent) === Number.isNaN(made);
  return Math.abs(sent - made) <= relativeTolerance * Math.max(1, Math.abs(made));
}
