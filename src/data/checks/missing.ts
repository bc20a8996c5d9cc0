import { formatShare } from '../../report/format-number.ts';
import { quoteIdentifier } from '../sql-text.ts';
import { checkedColumns, type CheckFactory } from './check-plan.ts';

/** Share of missing values by column, optional columns aside. What is only known later is looked at in the rows whose outcome is known. */
export const missing: CheckFactory<'missing'> = ({ 'maximum-share': maximum, columns }, context) => {
  const { definition } = context;
  const judged = checkedColumns(columns, context).filter((name) => columns !== undefined || definition.columns[name]?.optional !== true);
  const measures: Record<string, string> = { completed: `count(*) FILTER (${definition['scored-rows']})` };
  const isOutcome = (name: string): boolean => ['outcome', 'label'].includes(definition.columns[name]?.role ?? '');
  for (const name of judged) {
    const applies = isOutcome(name) ? ` AND (${definition['scored-rows']})` : '';
    measures[name] = `count(*) FILTER (${quoteIdentifier(name)} IS NULL${applies})`;
  }
  return {
    kind: 'table',
    id: 'missing',
    title: 'Missing values, worst column',
    remedy: 'Mend the source of the column, or declare it optional in pipeline.yaml if it may be missing.',
    measures,
    judge: (measured, rows) => {
      const shares = judged
        .map((name) => ({ name, of: isOutcome(name) ? (measured.get('completed') ?? 0) : rows, count: measured.get(name) ?? 0 }))
        .map(({ name, of, count }) => ({ name, share: of === 0 ? 0 : count / of }))
        .sort((a, b) => b.share - a.share);
      const worst = shares[0];
      const over = shares.filter(({ share }) => share > maximum);
      return {
        value: worst?.share ?? null,
        threshold: `≤ ${formatShare(maximum)}`,
        verdict: worst === undefined || rows === 0 ? 'inconclusive' : over.length > 0 ? 'fail' : 'pass',
        message: (over.length > 0 ? over : shares.slice(0, 3)).map(({ name, share }) => `${name} ${formatShare(share)}`).join(', '),
        details: { shares: Object.fromEntries(shares.filter(({ share }) => share > 0).map(({ name, share }) => [name, share])) },
      };
    },
  };
};
