import type { ColumnSummary, RowsTarget } from './profile-columns.ts';
import type { SqlEngine } from './sql/sql-engine.ts';
import { shapeAlphabets, type TextShape } from './suggest-pattern.ts';

/** Queries behind the suggestions, each exact. */

const mostShapes = 200;
const mostKeyColumns = 4;
const keyCandidates = 10;

/** How the texts of a column are built; undefined where there are too many ways. */
export async function textShapes(engine: SqlEngine, { relation }: RowsTarget, column: string): Promise<TextShape[] | undefined> {
  const { dialect } = engine;
  const name = dialect.identifier(column);
  const [from, to] = shapeAlphabets.map((alphabet) => dialect.text(alphabet));
  const found = await engine.rows(
    `SELECT shape, ${dialect.asDouble('count(*)')} AS n FROM (SELECT translate(${dialect.asText(name)}, ${from ?? ''}, ${to ?? ''}) AS shape FROM ${relation} AS profiled WHERE ${name} IS NOT NULL) AS shapes GROUP BY shape ORDER BY 2 DESC, shape LIMIT ${mostShapes + 1}`,
  );
  return found.length > mostShapes ? undefined : found.map((row) => ({ shape: String(row['shape']), count: Number(row['n']) }));
}

/**
 * The fewest columns that name a row, proven by counting: grown by the column that tells most rows apart, then rid of what is not needed.
 * Measurements are no candidates: that they differ is chance.
 */
export async function findKey(engine: SqlEngine, target: RowsTarget, summaries: readonly ColumnSummary[]): Promise<string[] | undefined> {
  const { rows = 0 } = summaries[0] ?? {};
  if (rows < 2) return undefined;
  const able = summaries.filter(({ kind, type, missing, distinct }) => missing === 0 && (distinct ?? 0) > 1 && (kind === 'text' || kind === 'time' || /INT/i.test(type)));
  const single = able.find(({ distinct }) => distinct === rows);
  if (single !== undefined) return [single.name];
  const groups = async (names: readonly string[]): Promise<number> => {
    const list = names.map((name) => engine.dialect.identifier(name)).join(', ');
    const [row] = await engine.rows(`SELECT ${engine.dialect.asDouble('count(*)')} AS n FROM (SELECT ${list} FROM ${target.relation} AS profiled GROUP BY ${list}) AS told_apart`);
    return Number(row?.['n'] ?? 0);
  };
  const place = ({ kind }: ColumnSummary): number => ['time', 'text', 'number'].indexOf(kind);
  const telling = [...able].sort((a, b) => (b.distinct ?? 0) - (a.distinct ?? 0));
  const first = telling[0]?.name;
  // A name or code is a better part of a key than a number that may be a measurement.
  const candidates = telling.slice(0, keyCandidates).sort((a, b) => place(a) - place(b)).map(({ name }) => name);
  let key: string[] = first === undefined ? [] : [first];
  while (key.length > 0 && key.length < mostKeyColumns) {
    let best = { name: '', count: -1 };
    for (const name of candidates.filter((candidate) => !key.includes(candidate))) {
      const count = await groups([...key, name]);
      // Of equals the first: texts come before numbers.
      if (count > best.count) best = { name, count };
    }
    if (best.count < 0) return undefined;
    key = [...key, best.name];
    if (best.count === rows) {
      for (const name of key) {
        const fewer = key.filter((other) => other !== name);
        if (fewer.length > 0 && (await groups(fewer)) === rows) key = fewer;
      }
      return key;
    }
  }
  return undefined;
}

/** Rows of each day, YYYY-MM-DD. */
export async function rowsByDay(engine: SqlEngine, { relation }: RowsTarget, column: string): Promise<Map<string, number>> {
  const { dialect } = engine;
  const time = dialect.identifier(column);
  const found = await engine.rows(`SELECT ${dialect.asText(dialect.day(time))} AS day, ${dialect.asDouble('count(*)')} AS n FROM ${relation} AS profiled WHERE ${time} IS NOT NULL GROUP BY 1 ORDER BY 1`);
  return new Map(found.map((row) => [String(row['day']), Number(row['n'])]));
}

/** The longest time without a row, in milliseconds. */
export async function longestGap(engine: SqlEngine, { relation }: RowsTarget, column: string): Promise<number> {
  const { dialect } = engine;
  const time = dialect.epochMilliseconds(dialect.identifier(column));
  const [row] = await engine.rows(`SELECT max(moment - earlier) AS gap FROM (SELECT moment, lag(moment) OVER (ORDER BY moment) AS earlier FROM (SELECT ${time} AS moment FROM ${relation} AS profiled WHERE ${dialect.identifier(column)} IS NOT NULL GROUP BY 1) AS moments) AS gaps`);
  return Number(row?.['gap'] ?? 0);
}

/** Share of the values outside Tukey's fences, by column; columns whose middle half is one value are left out, since there everything else would be outside. */
export async function sharesOutside(engine: SqlEngine, { relation }: RowsTarget, summaries: readonly ColumnSummary[]): Promise<Map<string, number>> {
  const { dialect } = engine;
  const fenced = summaries.flatMap(({ name, kind, numbers, rows: all }) => {
    const [low, high] = [numbers?.quantiles.get(250), numbers?.quantiles.get(750)];
    return kind !== 'number' || low === undefined || high === undefined || low >= high ? [] : [{ name, all, from: low - 1.5 * (high - low), to: high + 1.5 * (high - low) }];
  });
  if (fenced.length === 0) return new Map();
  const counts = fenced.map(({ name, from, to }, index) => {
    const value = dialect.asDouble(dialect.identifier(name));
    return `${dialect.asDouble(`count(*) FILTER (WHERE ${value} < ${dialect.number(from)} OR ${value} > ${dialect.number(to)})`)} AS outside_${index}`;
  });
  const [row] = await engine.rows(`SELECT ${counts.join(', ')} FROM ${relation} AS profiled`);
  return new Map(fenced.map(({ name, all }, index) => [name, Number(row?.[`outside_${index}`] ?? 0) / Math.max(1, all)]));
}

/** |phi| between a column being missing and the label, over labelled rows that meet the condition. */
export async function missingAssociations(engine: SqlEngine, { relation }: RowsTarget, options: { readonly columns: readonly string[]; readonly label: string; readonly scored: string }): Promise<Map<string, number>> {
  const { dialect } = engine;
  if (options.columns.length === 0) return new Map();
  const label = dialect.identifier(options.label);
  const counts = options.columns.flatMap((name, index) => {
    const missing = `${dialect.identifier(name)} IS NULL`;
    return [`${dialect.asDouble(`count(*) FILTER (WHERE ${missing})`)} AS missing_${index}`, `${dialect.asDouble(`count(*) FILTER (WHERE ${missing} AND ${label} = 1)`)} AS both_${index}`];
  });
  const [row] = await engine.rows(`SELECT ${dialect.asDouble('count(*)')} AS n, ${dialect.asDouble(`count(*) FILTER (WHERE ${label} = 1)`)} AS positive, ${counts.join(', ')} FROM ${relation} AS profiled WHERE ${label} IS NOT NULL AND (${options.scored})`);
  const number = (key: string): number => Number(row?.[key] ?? 0);
  const [n, positive] = [number('n'), number('positive')];
  return new Map(
    options.columns.map((name, index) => {
      const [missing, both] = [number(`missing_${index}`), number(`both_${index}`)];
      const spread = Math.sqrt(missing * (n - missing) * positive * (n - positive));
      return [name, spread === 0 ? 0 : Math.abs(n * both - missing * positive) / spread];
    }),
  );
}

/** Rows that are earlier than the row before them. */
export async function stepsBack(engine: SqlEngine, target: RowsTarget & { readonly order: readonly string[] }, column: string): Promise<number> {
  const { dialect } = engine;
  const time = dialect.identifier(column);
  const [row] = await engine.rows(`SELECT ${dialect.asDouble('count(*)')} AS n FROM (SELECT ${time} AS moment, lag(${time}) OVER (ORDER BY ${target.order.join(', ')}) AS earlier FROM ${target.relation} AS profiled WHERE ${time} IS NOT NULL) AS steps WHERE moment < earlier`);
  return Number(row?.['n'] ?? 0);
}
