import type { Table } from '../data/table.ts';
import { formatCount, formatShare } from '../report/format-number.ts';
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
  /** For each logged row the minute that the service computed its features for, UTC milliseconds; NaN where they were sent. */
  readonly askedAt: Float64Array;
  /** Column of `recomputed` with the minute that its features are of. */
  readonly predictedAt: string;
}

/** Training–serving skew: the logged features against the same features recomputed from the sources now. */
export function detectSkew(options: SkewOptions): Finding {
  const recomputedRow = comparableRows(options);
  return findSkew({ ...options, recomputedRow }, { id: 'skew', title: 'Logged features that differ from recomputed ones', tolerance: relativeTolerance, nothing: 'no logged row was found in the dataset' });
}

/**
 * Skew of the service's own features: what it computed from the live feed against what the same query says of the same flights and minutes today.
 * Nothing is rounded on the way, so that any difference counts: a late feed, another query, other sources.
 * @returns undefined where the service computed nothing
 */
export function detectOnlineSkew(options: SkewOptions): Finding | undefined {
  const { askedAt } = options;
  const online = askedAt.reduce((sum, moment) => sum + (Number.isNaN(moment) ? 0 : 1), 0);
  if (online === 0) return undefined;
  const recomputedRow = comparableRows(options).map((row, logged) => (Number.isNaN(askedAt[logged]) ? -1 : row));
  const compared = recomputedRow.reduce((sum, row) => sum + (row >= 0 ? 1 : 0), 0);
  const test = { id: 'skew.online', title: 'Features computed by the service that differ from the batch', tolerance: 0, nothing: 'no row that the service computed is in the dataset for the minute it was asked at' };
  const finding = findSkew({ ...options, recomputedRow }, test);
  return compared === online || compared === 0 ? finding : { ...finding, message: `${finding.message}; ${formatCount(online - compared)} of ${formatCount(online)} rows have no counterpart in the dataset` };
}

/** The dataset has a flight as it left: what was computed for another minute has no counterpart there. */
function comparableRows({ recomputed, recomputedRow, askedAt, predictedAt }: SkewOptions): Int32Array {
  const moments = recomputed.numbers.get(predictedAt);
  return recomputedRow.map((row, logged) => (row < 0 || Number.isNaN(askedAt[logged]) || moments?.[row] === askedAt[logged] ? row : -1));
}

type Tables = Pick<SkewOptions, 'logged' | 'recomputed' | 'recomputedRow'>;

interface SkewTest {
  readonly id: string;
  readonly title: string;
  /** Largest difference that is none, relative to the recomputed value. */
  readonly tolerance: number;
  /** Said where nothing can be compared. */
  readonly nothing: string;
}

function findSkew({ columns, ...tables }: Tables & Pick<SkewOptions, 'columns'>, { id, title, tolerance, nothing }: SkewTest): Finding {
  const joined = tables.recomputedRow.reduce((sum, row) => sum + (row >= 0 ? 1 : 0), 0);
  const shares = columns
    .map((name) => ({ name, share: joined === 0 ? Number.NaN : countDifferent(name, { ...tables, tolerance }) / joined }))
    .filter(({ share }) => !Number.isNaN(share))
    .sort((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1));
  const [worst] = shares;
  const base = { id, title, kind: 'data' as const, alarming: false, threshold: `≤ ${formatShare(allowedShare)} of rows in every column`, sampleSize: joined };
  if (worst === undefined) return { ...base, state: 'inconclusive', value: null, message: nothing };
  const skewed = shares.filter(({ share }) => share > allowedShare);
  const differing = shares.filter(({ share }) => share > 0);
  const named = skewed.slice(0, 4).map(({ name, share }) => `${name} in ${formatShare(share)} of rows`);
  return {
    ...base,
    state: skewed.length > 0 ? 'signal' : 'quiet',
    value: worst.share,
    message: skewed.length > 0 ? `differs: ${named.join(', ')}` : `at most ${formatShare(worst.share)} of rows (${worst.name})`,
    details: { columns: Object.fromEntries(differing.map(({ name, share }) => [name, share])) },
  };
}

function countDifferent(name: string, { logged, recomputed, recomputedRow, tolerance }: Tables & { readonly tolerance: number }): number {
  const [sentNumbers, madeNumbers] = [logged.numbers.get(name), recomputed.numbers.get(name)];
  const [sentStrings, madeStrings] = [logged.strings.get(name), recomputed.strings.get(name)];
  let different = 0;
  if (sentNumbers !== undefined && madeNumbers !== undefined) {
    for (let row = 0; row < recomputedRow.length; row++) {
      const at = recomputedRow[row] ?? -1;
      if (at >= 0 && !sameNumber(sentNumbers[row] ?? Number.NaN, madeNumbers[at] ?? Number.NaN, tolerance)) different++;
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

function sameNumber(sent: number, made: number, tolerance: number): boolean {
  if (Number.isNaN(sent) || Number.isNaN(made)) return Number.isNaN(sent) === Number.isNaN(made);
  return Math.abs(sent - made) <= tolerance * Math.max(1, Math.abs(made));
}
