import { formatNumber, formatShare } from '../../report/format-number.ts';
import { chiSquareQuantile } from '../../statistics/chi-square.ts';
import { type ColumnShift, numberCellsQuery, numberShift, textCountsQuery, textShift } from '../column-distribution.ts';
import { checkedColumns, type CheckContext, type CheckFactory } from './check-plan.ts';
import { presentValue } from './present-value.ts';

/** A shift counts only where chance alone would hardly give it; dozens of columns are looked at. */
const significance = 0.001;

/**
 * Columns against an earlier clean dataset: the population stability index, and for numbers the Kolmogorov–Smirnov distance besides. A column has shifted where
 * either exceeds its limit and what chance gives (PSI: (1/n + 1/m)·χ² with bins − 1 degrees of freedom; KS: its p-value; p < 0.001). Chance here means
 * independent rows: rows of a day are alike, so with a short window read it as a floor. Season moves weather: compare with the same season, or name the columns.
 *
 * Parameters: `columns`, by default every feature; `psi` and `ks`, limits without unit. The value is the largest PSI.
 * @see B. Yurdakul, Statistical properties of population stability index, 2018
 * @see N. V. Smirnov, 1939, for the distance
 */
export const distribution: CheckFactory<'distribution'> = ({ columns, psi, ks }, context) => {
  const { dialect, definition, relation, reference } = context;
  const frame = { id: 'distribution', title: 'Distribution against the reference, worst column', remedy: 'Find out what changed at the source. Where the change is real, take a later dataset as reference, and expect to train again.' };
  const threshold = `PSI ≤ ${formatNumber(psi)}, KS ≤ ${formatNumber(ks)}`;
  if (reference === undefined) {
    return { ...frame, kind: 'queries', queries: {}, judge: () => ({ value: null, threshold, verdict: 'skipped', message: 'no reference: give the digest of an earlier clean dataset as input reference' }) };
  }
  const judged = comparable(columns, context);
  const isText = (name: string): boolean => definition.columns[name]?.type === 'string';
  const queryOf = (name: string): string => (isText(name) ? textCountsQuery : numberCellsQuery)({ value: presentValue(name, { dialect, found: [...context.found, ...(context.referenceColumns ?? [])] }), reference, current: relation, dialect });
  return {
    ...frame,
    kind: 'queries',
    queries: Object.fromEntries(judged.map((name) => [name, queryOf(name)])),
    judge: (results) => {
      const shifts = judged.map((name) => ({ name, ...(isText(name) ? textShift : numberShift)(results.get(name) ?? []) }));
      const known = shifts.filter((shift) => Number.isFinite(shift.psi)).sort((a, b) => b.psi - a.psi || (a.name < b.name ? -1 : 1));
      const over = known.filter((shift) => isOverPsi(shift, psi) || isOverKs(shift, ks));
      const told = (over.length > 0 ? over : known.slice(0, 3)).slice(0, 5);
      return {
        value: known[0]?.psi ?? null,
        threshold,
        verdict: known.length === 0 ? 'inconclusive' : over.length > 0 ? 'fail' : 'pass',
        message: known.length === 0 ? 'no column has rows on both sides' : `${told.map(describe).join('; ')}${over.length > told.length ? `; and ${over.length - told.length} more` : ''}`,
        details: { columns: Object.fromEntries(known.map(({ name, psi: found, ks: distance, referenceSize, currentSize, moved }) => [name, { psi: found, ks: finite(distance?.distance), reference: referenceSize, current: currentSize, moved: moved.map((bin) => ({ ...bin })) }])) },
      };
    },
  };
};

/** Columns that both sides have and that are numbers or text. */
function comparable(columns: readonly string[] | undefined, context: CheckContext): string[] {
  const { definition, found, referenceColumns = found } = context;
  const earlier = new Set(referenceColumns.map(({ name }) => name));
  const features = Object.entries(definition.columns).flatMap(([name, { role }]) => (role === 'feature' ? [name] : []));
  return checkedColumns(columns ?? features, context).filter((name) => earlier.has(name) && definition.columns[name]?.type !== 'timestamp');
}

function isOverPsi({ psi, usedBins, referenceSize, currentSize }: ColumnShift, limit: number): boolean {
  return psi > limit && psi > (1 / referenceSize + 1 / currentSize) * chiSquareQuantile(1 - significance, Math.max(1, usedBins - 1));
}

function isOverKs({ ks }: ColumnShift, limit: number): boolean {
  return ks !== undefined && ks.distance > limit && ks.pValue < significance;
}

function describe({ name, psi, ks, moved: [most] }: ColumnShift & { readonly name: string }): string {
  const distance = ks === undefined || Number.isNaN(ks.distance) ? '' : `, KS ${formatNumber(ks.distance)}`;
  return `${name} PSI ${formatNumber(psi)}${distance}${most === undefined ? '' : ` (${most.bin}: ${formatShare(most.before)} → ${formatShare(most.now)})`}`;
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
