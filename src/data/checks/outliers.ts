import { formatShare } from '../../report/format-number.ts';
import { quoteIdentifier } from '../sql-text.ts';
import { checkedColumns, type CheckFactory } from './check-plan.ts';

/**
 * Values outside Tukey's fences, quartiles − / + fence × interquartile range. Reported, never dropped: in delays the outliers are the very rows
 * that matter.
 * @see J. W. Tukey, Exploratory Data Analysis, 1977
 */
export const outliers: CheckFactory<'outliers'> = ({ columns, fence }, context) => {
  const judged = checkedColumns(columns, context);
  const measures: Record<string, string> = {};
  for (const name of judged) {
    const column = quoteIdentifier(name);
    measures[`${name}.low`] = `quantile_cont(${column}, 0.25) * ${1 + fence} - quantile_cont(${column}, 0.75) * ${fence}`;
    measures[`${name}.high`] = `quantile_cont(${column}, 0.75) * ${1 + fence} - quantile_cont(${column}, 0.25) * ${fence}`;
    measures[`${name}.outside`] = `(SELECT count(*) FILTER (v < q1 - ${fence} * (q3 - q1) OR v > q3 + ${fence} * (q3 - q1)) FROM (SELECT ${column} AS v, quantile_cont(${column}, 0.25) OVER () AS q1, quantile_cont(${column}, 0.75) OVER () AS q3 FROM judged))`;
  }
  return {
    kind: 'table',
    id: 'outliers',
    title: 'Outliers, most in a column',
    remedy: 'Look whether they are real; only a range rejects rows.',
    measures,
    judge: (measured, rows) => {
      const shares = judged.map((name) => ({ name, share: (measured.get(`${name}.outside`) ?? 0) / Math.max(1, rows) })).sort((a, b) => b.share - a.share);
      return {
        value: shares[0]?.share ?? null,
        threshold: 'reported only',
        verdict: rows === 0 ? 'inconclusive' : 'pass',
        message: shares.map(({ name, share }) => `${name} ${formatShare(share)}`).join(', '),
        details: {
          columns: Object.fromEntries(shares.map(({ name, share }) => [name, { share, low: finite(measured.get(`${name}.low`)), high: finite(measured.get(`${name}.high`)) }])),
        },
      };
    },
  };
};

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
