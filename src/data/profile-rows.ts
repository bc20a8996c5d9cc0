import { populationStability } from '../statistics/psi.ts';
import { type HistogramEdges, histogramEdges } from './histogram-edges.ts';
import { type ColumnSummary, numberExpression, profileColumns, type RowsTarget } from './profile-columns.ts';
import type { SqlEngine } from './sql/sql-engine.ts';

export interface RowsProfile {
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
  /** Rows and columns of what it is compared with. */
  readonly reference?: { readonly rows: number; readonly columns: number };
}

export interface ColumnProfile {
  readonly summary: ColumnSummary;
  /** Numbers and moments in bins of equal width, few different values and texts one by one; absent where there is nothing to count. */
  readonly histogram?: Histogram;
  /** PSI is null where it would say nothing: time goes on, and other types cannot be counted. */
  readonly reference?: { readonly summary: ColumnSummary; readonly psi: number | null };
}

export interface Histogram {
  readonly bins: readonly HistogramBin[];
  /** Rows with values that have no bin of their own. */
  readonly others?: { readonly count: number; readonly referenceCount?: number };
}

export type HistogramBin = { readonly count: number; readonly referenceCount?: number } & (
  | { readonly kind: 'value'; readonly value: string }
  /** Half-open; `open` marks a bin that also holds everything beyond its outer end. */
  | { readonly kind: 'interval'; readonly from: number; readonly to: number; readonly open: 'below' | 'above' | undefined }
);

const psiCategories = 30;

/** What is in the rows, column by column; beside a reference, both and how far they are apart (PSI over ten bins of equal mass of the reference). */
export async function profileRows(engine: SqlEngine, target: RowsTarget, reference?: RowsTarget): Promise<RowsProfile> {
  const summaries = await profileColumns(engine, target);
  const references = reference === undefined ? undefined : await profileColumns(engine, reference);
  const columns: ColumnProfile[] = [];
  for (const summary of summaries) {
    const other = references?.find(({ name, kind }) => name === summary.name && kind === summary.kind);
    const pair: ColumnPair = { engine, target, summary, ...(other === undefined || reference === undefined ? {} : { reference: { target: reference, summary: other } }) };
    const histogram = await countBins(pair);
    columns.push({
      summary,
      ...(histogram === undefined ? {} : { histogram }),
      ...(pair.reference === undefined ? {} : { reference: { summary: pair.reference.summary, psi: await stability(pair, pair.reference) } }),
    });
  }
  return {
    rows: summaries[0]?.rows ?? 0,
    columns,
    ...(references === undefined ? {} : { reference: { rows: references[0]?.rows ?? 0, columns: references.length } }),
  };
}

interface ColumnPair {
  readonly engine: SqlEngine;
  readonly target: RowsTarget;
  readonly summary: ColumnSummary;
  readonly reference?: { readonly target: RowsTarget; readonly summary: ColumnSummary };
}

async function countBins(pair: ColumnPair): Promise<Histogram | undefined> {
  const { summary, reference } = pair;
  if (summary.kind === 'other' || (summary.distinct ?? 0) === 0) return undefined;
  const sides = [summary, ...(reference === undefined ? [] : [reference.summary])];
  const few = sides.every(({ distinct, top }) => distinct !== null && distinct <= top.length);
  if (summary.kind === 'text' || (summary.kind === 'number' && few)) return valueBins(pair);
  const numbers = sides.flatMap((side) => side.numbers ?? []);
  if (numbers.length === 0) return undefined;
  const edges = histogramEdges(numbers, { kind: summary.kind, whole: sides.every(({ type }) => /INT/i.test(type)) });
  const counts = await countIntervals(pair.engine, { target: pair.target, summary, edges });
  const referenceCounts = reference === undefined ? undefined : await countIntervals(pair.engine, { target: reference.target, summary: reference.summary, edges });
  const last = edges.edges.length - 2;
  return {
    bins: edges.edges.slice(0, -1).map((from, index) => ({
      kind: 'interval',
      from,
      to: edges.edges[index + 1] ?? from,
      open: index === 0 && edges.open[0] ? 'below' : index === last && edges.open[1] ? 'above' : undefined,
      count: counts[index] ?? 0,
      ...(referenceCounts === undefined ? {} : { referenceCount: referenceCounts[index] ?? 0 }),
    })),
  };
}

/** The frequent values one by one. Few numbers in their own order, texts the most frequent first. */
function valueBins({ summary, reference }: ColumnPair): Histogram {
  const shown = summary.kind === 'number' || summary.top.length <= 20 ? summary.top.length : 15;
  const own = summary.top.slice(0, shown);
  const added = summary.kind === 'number' ? (reference?.summary.top ?? []).filter(({ value }) => own.every((item) => item.value !== value)).map(({ value }) => ({ value, count: 0 })) : [];
  const listed = [...own, ...added];
  if (summary.kind === 'number') listed.sort((a, b) => Number(a.value) - Number(b.value));
  const referenceCount = (value: string): number => reference?.summary.top.find((item) => item.value === value)?.count ?? 0;
  const bins = listed.map(({ value, count }): HistogramBin => ({ kind: 'value', value, count, ...(reference === undefined ? {} : { referenceCount: referenceCount(value) }) }));
  const rest = (side: ColumnSummary): number => side.rows - side.missing - side.notFinite;
  const others = rest(summary) - bins.reduce((sum, { count }) => sum + count, 0);
  const referenceOthers = reference === undefined ? 0 : rest(reference.summary) - bins.reduce((sum, bin) => sum + (bin.referenceCount ?? 0), 0);
  if (others <= 0 && referenceOthers <= 0) return { bins };
  return { bins, others: { count: Math.max(0, others), ...(reference === undefined ? {} : { referenceCount: Math.max(0, referenceOthers) }) } };
}

async function countIntervals(engine: SqlEngine, side: { target: RowsTarget; summary: ColumnSummary; edges: HistogramEdges }): Promise<number[]> {
  const { dialect } = engine;
  const { summary, edges } = side;
  const name = dialect.identifier(summary.name);
  const inner = edges.edges.slice(1, -1).map((edge, index) => `WHEN v < ${dialect.number(edge)} THEN ${index}`);
  const last = edges.edges.length - 2;
  const bin = inner.length === 0 ? '0' : `CASE ${inner.join(' ')} ELSE ${last} END`;
  const sound = summary.kind === 'number' ? ` AND NOT (${dialect.isNotFinite(name)})` : '';
  const found = await engine.rows(
    `SELECT bin, ${dialect.asDouble('count(*)')} AS n FROM (SELECT ${bin} AS bin FROM (SELECT ${numberExpression(dialect, name, summary.kind)} AS v FROM ${side.target.relation} AS profiled WHERE ${name} IS NOT NULL${sound}) AS numbers) AS binned GROUP BY bin`,
  );
  const counts = new Array<number>(last + 1).fill(0);
  for (const row of found) counts[Number(row['bin'])] = Number(row['n']);
  return counts;
}

async function stability({ engine, target, summary }: ColumnPair, reference: NonNullable<ColumnPair['reference']>): Promise<number | null> {
  if (summary.kind === 'time' || summary.kind === 'other' || summary.rows === 0 || reference.summary.rows === 0) return null;
  const bin = psiBin(engine.dialect, reference.summary);
  const count = async ({ relation }: RowsTarget): Promise<number[]> => {
    const counts = new Array<number>(bin.count).fill(0);
    const found = await engine.rows(`SELECT bin, ${engine.dialect.asDouble('count(*)')} AS n FROM (SELECT ${bin.expression} AS bin FROM ${relation} AS profiled) AS binned GROUP BY bin`);
    for (const row of found) counts[Number(row['bin'])] = Number(row['n']);
    return counts;
  };
  return populationStability(await count(reference.target), await count(target)).psi;
}

/** The position of a row's bin, as SQL: the reference's tenths or its most frequent values, then everything else, then missing. */
function psiBin(dialect: SqlEngine['dialect'], { name, kind, numbers, top }: ColumnSummary): { readonly expression: string; readonly count: number } {
  const column = dialect.identifier(name);
  if (kind === 'text') {
    const values = top.slice(0, psiCategories);
    const cases = values.map(({ value }, index) => `WHEN ${dialect.asText(column)} = ${dialect.text(value)} THEN ${index}`);
    return { expression: `CASE WHEN ${column} IS NULL THEN ${values.length + 1} ${cases.join(' ')} ELSE ${values.length} END`, count: values.length + 2 };
  }
  const value = numberExpression(dialect, column, kind);
  const edges = [...new Set([100, 200, 300, 400, 500, 600, 700, 800, 900].flatMap((point) => numbers?.quantiles.get(point) ?? []))].filter((edge) => edge < (numbers?.maximum ?? edge));
  const cases = edges.map((edge, index) => `WHEN ${value} <= ${dialect.number(edge)} THEN ${index}`);
  // One value holds nearly all the mass: it is still told from the rest.
  const inner = edges.length > 0 || numbers === undefined ? cases : [`WHEN ${value} < ${dialect.number(numbers.maximum)} THEN 0`, `WHEN ${value} = ${dialect.number(numbers.maximum)} THEN 1`];
  const missing = kind === 'number' ? `${column} IS NULL OR ${dialect.isNotFinite(column)}` : `${column} IS NULL`;
  return { expression: `CASE WHEN ${missing} THEN ${inner.length + 1} ${inner.join(' ')} ELSE ${inner.length} END`, count: inner.length + 2 };
}
