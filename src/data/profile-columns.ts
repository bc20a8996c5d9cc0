import type { RelationColumn } from './describe-relation.ts';
import type { SqlEngine } from './sql/sql-engine.ts';

export type ColumnKind = 'number' | 'time' | 'text' | 'other';

/** Rows that are looked at: a table or a query in brackets, and its columns. */
export interface RowsTarget {
  readonly relation: string;
  readonly columns: readonly RelationColumn[];
}

/** What is in one column. Every count and every quantile is exact. */
export interface ColumnSummary {
  readonly name: string;
  /** As the engine names it, e.g. DOUBLE. */
  readonly type: string;
  readonly kind: ColumnKind;
  readonly rows: number;
  readonly missing: number;
  /** NaN and infinities, of numbers. */
  readonly notFinite: number;
  /** Different values, missing aside; null where the type has no order (lists, structs, bytes). */
  readonly distinct: number | null;
  /** Of numbers and moments; absent where the column has none. Moments are milliseconds since the Unix epoch. */
  readonly numbers?: NumberSummary;
  /** Characters of the shortest and longest text. */
  readonly lengths?: readonly [number, number];
  /** The most frequent values, the first of equals first in order; at most `topValues`. */
  readonly top: readonly { readonly value: string; readonly count: number }[];
}

export interface NumberSummary {
  readonly minimum: number;
  readonly maximum: number;
  readonly mean: number;
  /** Per thousand → the smallest value that at least so many of the values do not exceed (an observed value: nearest rank). */
  readonly quantiles: ReadonlyMap<number, number>;
}

export const topValues = 40;
/** Per thousand. */
export const quantilePoints = [5, 10, 50, 100, 200, 250, 300, 400, 500, 600, 700, 750, 800, 900, 950, 990, 995] as const;

export function kindOf(type: string): ColumnKind {
  if (/^(?:TINYINT|SMALLINT|INTEGER|INT|BIGINT|HUGEINT|U[A-Z]+INT|UINTEGER|FLOAT|REAL|DOUBLE|DECIMAL)\b/i.test(type) && !type.endsWith('[]')) return 'number';
  if (/^(?:TIMESTAMP|DATE)\b/i.test(type) && !type.endsWith('[]')) return 'time';
  if (/^(?:VARCHAR|CHAR|BOOLEAN|ENUM|UUID|TIME)\b/i.test(type) && !type.endsWith('[]')) return 'text';
  return 'other';
}

/** One scan over all columns for counts and extremes, then two narrow queries a column for values and quantiles. */
export async function profileColumns(engine: SqlEngine, target: RowsTarget): Promise<ColumnSummary[]> {
  const common = await commonScan(engine, target);
  const rows = Number(common['rows'] ?? 0);
  const summaries: ColumnSummary[] = [];
  for (const [index, column] of target.columns.entries()) {
    const kind = kindOf(column.type);
    const present = Number(common[`present_${index}`] ?? 0);
    const notFinite = Number(common[`not_finite_${index}`] ?? 0);
    const values = kind === 'other' ? { distinct: null, top: [] } : await frequentValues(engine, target.relation, column);
    const finite = present - notFinite;
    const numbers = finite > 0 && (kind === 'number' || kind === 'time') ? await numberSummary(engine, { ...target, column, kind, finite }) : undefined;
    const [shortest, longest] = [common[`shortest_${index}`], common[`longest_${index}`]];
    summaries.push({
      ...column,
      kind,
      rows,
      missing: rows - present,
      notFinite,
      ...values,
      ...(numbers === undefined ? {} : { numbers }),
      ...(typeof shortest === 'number' && typeof longest === 'number' ? { lengths: [shortest, longest] as const } : {}),
    });
  }
  return summaries;
}

async function commonScan(engine: SqlEngine, { relation, columns }: RowsTarget): Promise<Record<string, unknown>> {
  const { dialect } = engine;
  const measures = columns.flatMap(({ name, type }, index) => {
    const column = dialect.identifier(name);
    const kind = kindOf(type);
    return [
      `${dialect.asDouble(`count(${column})`)} AS present_${index}`,
      ...(kind === 'number' ? [`${dialect.asDouble(`count(*) FILTER (WHERE ${column} IS NOT NULL AND ${dialect.isNotFinite(column)})`)} AS not_finite_${index}`] : []),
      ...(kind === 'text' ? ['min', 'max'].map((end) => `${dialect.asDouble(`${end}(length(${dialect.asText(column)}))`)} AS ${end === 'min' ? 'shortest' : 'longest'}_${index}`) : []),
    ];
  });
  const [found] = await engine.rows(`SELECT ${[`${dialect.asDouble('count(*)')} AS ${dialect.identifier('rows')}`, ...measures].join(',\n  ')}\nFROM ${relation} AS profiled`);
  return found ?? {};
}

async function frequentValues(engine: SqlEngine, relation: string, { name }: RelationColumn): Promise<Pick<ColumnSummary, 'distinct' | 'top'>> {
  const { dialect } = engine;
  const column = dialect.identifier(name);
  const found = await engine.rows(
    [
      `WITH counts AS (SELECT ${column} AS item, count(*) AS n FROM ${relation} AS profiled WHERE ${column} IS NOT NULL GROUP BY ${column})`,
      `SELECT ${dialect.asDouble('(SELECT count(*) FROM counts)')} AS different, ${dialect.asText('item')} AS item_text, ${dialect.asDouble('n')} AS n FROM counts ORDER BY counts.n DESC, item LIMIT ${topValues}`,
    ].join('\n'),
  );
  return { distinct: Number(found[0]?.['different'] ?? 0), top: found.map((row) => ({ value: String(row['item_text']), count: Number(row['n']) })) };
}

interface NumberColumn extends RowsTarget {
  readonly column: RelationColumn;
  readonly kind: ColumnKind;
  /** Values that are neither missing nor infinite nor NaN. */
  readonly finite: number;
}

async function numberSummary(engine: SqlEngine, { relation, column, kind, finite }: NumberColumn): Promise<NumberSummary> {
  const { dialect } = engine;
  const name = dialect.identifier(column.name);
  const sound = kind === 'number' ? ` AND NOT (${dialect.isNotFinite(name)})` : '';
  const value = numberExpression(dialect, 'item', kind);
  // Thousandths of a whole number: no rank is off by one for a rounding error.
  const quantiles = quantilePoints.map((point) => `min(v) FILTER (WHERE upto >= ${Math.max(1, Math.ceil((point * finite) / 1000))}) AS q${point}`);
  const [found] = await engine.rows(
    [
      `WITH counts AS (SELECT ${name} AS item, count(*) AS n FROM ${relation} AS profiled WHERE ${name} IS NOT NULL${sound} GROUP BY ${name}),`,
      `cumulative AS (SELECT ${value} AS v, n, sum(n) OVER (ORDER BY item ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS upto FROM counts)`,
      `SELECT min(v) AS minimum, max(v) AS maximum, sum(v * n) / ${dialect.number(finite)} AS mean, ${quantiles.join(', ')} FROM cumulative`,
    ].join('\n'),
  );
  const number = (key: string): number => Number(found?.[key] ?? Number.NaN);
  return {
    minimum: number('minimum'),
    maximum: number('maximum'),
    // Threads add in any order: the last digits are not the same every time.
    mean: Number(number('mean').toPrecision(12)),
    quantiles: new Map(quantilePoints.map((point) => [point, number(`q${point}`)])),
  };
}

/** A number or a moment as DOUBLE. */
export function numberExpression(dialect: SqlEngine['dialect'], expression: string, kind: ColumnKind): string {
  return kind === 'time' ? dialect.epochMilliseconds(expression) : dialect.asDouble(expression);
}
