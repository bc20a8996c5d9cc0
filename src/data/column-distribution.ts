import { categoryBinCount, type CategoryBins, countStrings } from '../statistics/category-bins.ts';
import { kolmogorovSmirnovOfCounts } from '../statistics/ks.ts';
import { type PopulationStability, populationStability } from '../statistics/psi.ts';
import { countNumbers, quantileBins } from '../statistics/quantile-bins.ts';
import { binLabels } from '../statistics/bin-labels.ts';
import { excerpt } from './excerpt.ts';
import type { SqlDialect } from './sql/sql-dialect.ts';

/** Cells of equal mass in the reference: how finely a number's two distributions are compared. A multiple of the bins of PSI. */
const cells = 1000;
const bins = 10;
/** Texts told apart, most frequent first; the rest is "other". */
const categories = 30;

export interface DistributionRequest {
  /** SQL of a column's value, NULL where it is missing. */
  readonly value: string;
  readonly reference: string;
  readonly current: string;
  readonly dialect: SqlDialect;
}

/** Shares of one bin before and now. */
export interface MovedBin {
  readonly bin: string;
  readonly before: number;
  readonly now: number;
}

export interface ColumnShift extends Pick<PopulationStability, 'psi' | 'usedBins' | 'referenceSize' | 'currentSize'> {
  /** Numbers only. At most 1 / 1,000 under the exact distance. */
  readonly ks: { readonly distance: number; readonly pValue: number } | undefined;
  /** The three that moved most. */
  readonly moved: readonly MovedBin[];
}

type Rows = readonly Readonly<Record<string, unknown>>[];

/**
 * Counts of a number on both sides, in one pass over each: values are counted first, then put into cells by where they stand in the reference, so that the
 * result is small (at most 2,002 rows) however many rows there are. A value's cell is (share of the reference below it, share of the reference up to it), both in
 * thousandths, so a cell spans less than a thousandth of the reference, and a heavy value has a cell of its own. NULL, NaN and infinities are missing.
 */
export function numberCellsQuery({ value, reference, current, dialect }: DistributionRequest): string {
  const place = (upTo: string): string => `floor(${dialect.asDouble(`${cells} * (${upTo})`)} / NULLIF(${dialect.asDouble('total')}, ${dialect.number(0)}))`;
  return [
    `SELECT ${dialect.asDouble('min(v)')} AS cell_value, ${dialect.asDouble('max(upto)')} AS upto, ${sums(dialect)}`,
    `FROM (SELECT v, row_before, row_now, sum(row_before) OVER (PARTITION BY v IS NULL ORDER BY v) AS upto, sum(row_before) OVER (PARTITION BY v IS NULL) AS total`,
    `FROM ${countedValues(dialect.asDouble(value), reference, current)} counted) placed`,
    `GROUP BY v IS NULL, ${place('upto - row_before')}, ${place('upto')} ORDER BY cell_value`,
  ].join(' ');
}

/** Counts of a text on both sides: the most frequent of the reference, the rest together. Empty text is missing, as NULL is. */
export function textCountsQuery({ value, reference, current, dialect }: DistributionRequest): string {
  const text = `coalesce(${dialect.asText(value)}, '')`;
  const told = `place <= ${categories} AND row_before > 0`;
  return [
    `SELECT CASE WHEN v = '' OR (${told}) THEN v END AS category, ${sums(dialect)}`,
    // The missing value takes no place among the categories.
    `FROM (SELECT v, row_before, row_now, row_number() OVER (PARTITION BY v = '' ORDER BY row_before DESC, v) AS place FROM ${countedValues(text, reference, current)} counted) placed`,
    `GROUP BY 1 ORDER BY 1`,
  ].join(' ');
}

/** PSI over ten quantile bins of the reference, exact; the Kolmogorov–Smirnov distance over its thousand cells. */
export function numberShift(rows: Rows): ColumnShift {
  const known = rows.filter((row) => row['cell_value'] !== null).sort((a, b) => Number(a['cell_value']) - Number(b['cell_value']));
  const missing = rows.filter((row) => row['cell_value'] === null);
  const values = Float64Array.from([...known.map((row) => Number(row['cell_value'])), Number.NaN]);
  const side = (name: string): Float64Array => Float64Array.from([...known.map((row) => Number(row[name])), missing.reduce((sum, row) => sum + Number(row[name]), 0)]);
  const [before, now] = [side('row_before'), side('row_now')];
  const edges = quantileBins(thousandths(known), bins);
  const [binnedBefore, binnedNow] = [countNumbers(edges, values, before), countNumbers(edges, values, now)];
  return shiftOf({ before: binnedBefore, now: binnedNow, labels: binLabels(edges), ks: kolmogorovSmirnovOfCounts(before, now) });
}

/** PSI over the categories, "other" and "missing". */
export function textShift(rows: Rows): ColumnShift {
  const told = rows.filter((row) => row['category'] !== null && row['category'] !== '' && Number(row['row_before']) > 0);
  const found: CategoryBins = { kind: 'category', categories: told.map((row) => String(row['category'])) };
  // Only its not being a category matters here.
  const other = rows.filter((row) => !told.includes(row) && row['category'] !== '');
  const missing = rows.filter((row) => row['category'] === '');
  const side = (name: string): Float64Array => {
    const counts = countStrings(found, found.categories, Float64Array.from(told, (row) => Number(row[name])));
    counts[categoryBinCount(found) - 2] = other.reduce((sum, row) => sum + Number(row[name]), 0);
    counts[categoryBinCount(found) - 1] = missing.reduce((sum, row) => sum + Number(row[name]), 0);
    return counts;
  };
  return shiftOf({ before: side('row_before'), now: side('row_now'), labels: binLabels(found), ks: undefined });
}

/** The reference's value at each thousandth of its mass, ascending: what quantile bins are made from. */
function thousandths(known: Rows): Float64Array {
  const total = known.reduce((sum, row) => sum + Number(row['row_before']), 0);
  const filled = known.filter((row) => Number(row['row_before']) > 0);
  const values: number[] = [];
  let index = 0;
  for (let part = 1; part <= cells && total > 0; part++) {
    while (index < filled.length - 1 && Number(filled[index]?.['upto']) * cells < part * total) index++;
    const row = filled[index];
    // A cell that reaches a new thousandth begins with the value that does so: those before it stand below.
    if (row !== undefined) values.push(Number(row['cell_value']));
  }
  return Float64Array.from(values);
}

interface Binned {
  readonly before: Float64Array;
  readonly now: Float64Array;
  readonly labels: readonly string[];
  readonly ks: ColumnShift['ks'];
}

function shiftOf({ before, now, labels, ks }: Binned): ColumnShift {
  const { psi, usedBins, referenceSize, currentSize, contributions } = populationStability(before, now);
  const moved = contributions
    .map((contribution, bin) => ({ contribution, bin: excerpt(labels[bin] ?? ''), before: (before[bin] ?? 0) / referenceSize, now: (now[bin] ?? 0) / currentSize }))
    .filter(({ contribution }) => contribution > 0)
    .sort((a, b) => b.contribution - a.contribution)
    .slice(0, 3);
  return { psi, usedBins, referenceSize, currentSize, ks: ks && { distance: ks.distance, pValue: ks.pValue }, moved: moved.map(({ bin, before: share, now: present }) => ({ bin, before: share, now: present })) };
}

function countedValues(value: string, reference: string, current: string): string {
  const count = (rows: string, before: string, now: string): string => `SELECT v, ${before} AS row_before, ${now} AS row_now FROM (SELECT ${value} AS v FROM ${rows}) side GROUP BY v`;
  return `(SELECT v, sum(row_before) AS row_before, sum(row_now) AS row_now FROM (${count(reference, 'count(*)', '0')} UNION ALL ${count(current, '0', 'count(*)')}) sides GROUP BY v)`;
}

function sums(dialect: SqlDialect): string {
  return `${dialect.asDouble('sum(row_before)')} AS row_before, ${dialect.asDouble('sum(row_now)')} AS row_now`;
}
