import { formatShare } from '../../report/format-number.ts';
import type { SqlDialect } from '../sql/sql-dialect.ts';
import { checkedColumns, type CheckContext, type CheckFactory } from './check-plan.ts';

/**
 * Values outside Tukey's fences, quartiles − / + fence × interquartile range. Flagged, never dropped: in delays the outliers are the very rows
 * that matter. Quartiles are those of all finite values, interpolated as in R's type 7; NaN and infinities lie outside.
 * @see J. W. Tukey, Exploratory Data Analysis, 1977
 */
export const outliers: CheckFactory<'outliers'> = ({ columns, fence, 'maximum-share': maximum }, context) => {
  const judged = checkedColumns(columns, context);
  return {
    kind: 'queries',
    id: 'outliers',
    title: 'Outliers, most in a column',
    remedy: 'Look whether they are real; only a range rejects rows.',
    queries: Object.fromEntries(judged.map((name) => [name, fencesQuery(name, fence, context)])),
    judge: (results, { rows }) => {
      const found = judged
        .map((name) => {
          const row = results.get(name)?.[0] ?? {};
          return { name, count: Number(row['outside'] ?? 0), share: Number(row['outside'] ?? 0) / Math.max(1, rows), low: finite(row['low']), high: finite(row['high']) };
        })
        .sort((a, b) => b.share - a.share);
      const worst = found[0]?.share ?? null;
      return {
        value: worst,
        threshold: maximum === undefined ? 'reported only' : `≤ ${formatShare(maximum)}`,
        verdict: rows === 0 ? 'inconclusive' : worst !== null && maximum !== undefined && worst > maximum ? 'fail' : 'pass',
        message: found.map(({ name, share }) => `${name} ${formatShare(share)}`).join(', '),
        details: { columns: Object.fromEntries(found.map(({ name, ...rest }) => [name, rest])) },
      };
    },
  };
};

/**
 * Exact quartiles from how often each value occurs: a grouping is small where values repeat and spills where they do not, while the engines'
 * quantile functions keep every value in memory. The k-th value in order is the least one that more than k values do not exceed.
 */
function fencesQuery(name: string, fence: number, { dialect, relation, found }: CheckContext): string {
  const { identifier, asDouble, isNotFinite, number } = dialect;
  const column = identifier(name);
  const type = found.find((candidate) => candidate.name === name)?.type ?? '';
  const strange = /^(DOUBLE|FLOAT|REAL)$/i.test(type) ? `NOT finite` : 'false';
  const marked = strange === 'false' ? '' : `, NOT (${isNotFinite(column)}) AS finite`;
  const finiteOnly = strange === 'false' ? '' : ' WHERE finite';
  return [
    `WITH counted AS (SELECT ${asDouble(column)} AS value, count(*) AS occurrences${marked} FROM ${relation} WHERE ${column} IS NOT NULL GROUP BY ${column}),`,
    `running AS (SELECT value, sum(occurrences) OVER (ORDER BY value ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS up_to, sum(occurrences) OVER () AS total FROM counted${finiteOnly}),`,
    `around AS (SELECT max(total) AS total, ${['0.25', '0.75'].map((share) => atShare(Number(share), dialect)).join(', ')} FROM running),`,
    `quartiles AS (SELECT ${[25, 75].map((percent) => `below_${percent} + (above_${percent} - below_${percent}) * (${position(percent / 100, dialect)} - floor(${position(percent / 100, dialect)})) AS quartile_${percent}`).join(', ')} FROM around),`,
    `fences AS (SELECT quartile_25 - ${number(fence)} * (quartile_75 - quartile_25) AS low, quartile_75 + ${number(fence)} * (quartile_75 - quartile_25) AS high FROM quartiles)`,
    `SELECT max(low) AS low, max(high) AS high, ${asDouble(`sum(occurrences) FILTER (WHERE value < low OR value > high OR ${strange})`)} AS outside FROM counted CROSS JOIN fences`,
  ].join('\n');
}

/** Where a quantile lies among the sorted values, counted from 0. */
function position(share: number, { asDouble, number }: SqlDialect): string {
  return `${asDouble('(total - 1)')} * ${number(share)}`;
}

function atShare(share: number, dialect: SqlDialect): string {
  const at = position(share, dialect);
  const percent = share * 100;
  return `min(value) FILTER (WHERE up_to > floor(${at})) AS below_${percent}, min(value) FILTER (WHERE up_to > ceil(${at})) AS above_${percent}`;
}

function finite(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
