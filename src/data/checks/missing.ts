import { formatShare } from '../../report/format-number.ts';
import { checkedColumns, type CheckFactory } from './check-plan.ts';
import { presentCount, presentValue } from './present-value.ts';

/**
 * Share of missing values by column, optional columns aside: NULL, and for floating-point numbers NaN and infinities. What is only known later is looked
 * at in the rows whose outcome is known; without such rows nothing can be told of it.
 */
export const missing: CheckFactory<'missing'> = ({ 'maximum-share': maximum, columns, 'by-column': limits = {} }, context) => {
  const { definition } = context;
  const named = new Set([...(columns ?? []), ...Object.keys(limits)]);
  const judged = checkedColumns(columns, context).filter((name) => named.has(name) || definition.columns[name]?.optional !== true);
  const isOutcome = (name: string): boolean => ['outcome', 'label'].includes(definition.columns[name]?.role ?? '');
  const scored = definition['scored-rows'];
  const measures: Record<string, string> = judged.some(isOutcome) ? { scored: `count(*) FILTER (WHERE ${scored})` } : {};
  for (const name of judged) {
    measures[`missing ${name}`] = isOutcome(name) ? `count(*) FILTER (WHERE (${presentValue(name, context)}) IS NULL AND (${scored}))` : `count(*) - ${presentCount(name, context)}`;
  }
  return {
    kind: 'table',
    id: 'missing',
    title: 'Missing values, worst column',
    remedy: 'Mend the source of the column, or declare it optional in pipeline.yaml if it may be missing.',
    measures,
    judge: (measured, { rows }) => {
      const measurable = judged.filter((name) => !isOutcome(name) || (measured.get('scored') ?? 0) > 0);
      const untold = judged.filter((name) => !measurable.includes(name));
      const shares = measurable
        .map((name) => {
          const of = isOutcome(name) ? (measured.get('scored') ?? 0) : rows;
          const count = measured.get(`missing ${name}`) ?? 0;
          return { name, count, share: of === 0 ? 0 : count / of, limit: limits[name] ?? maximum };
        })
        .sort((a, b) => b.share - a.share);
      const over = shares.filter(({ share, limit }) => share > limit);
      const worst = over[0] ?? shares[0];
      return {
        value: worst?.share ?? null,
        threshold: `≤ ${formatShare(worst?.limit ?? maximum)}`,
        verdict: worst === undefined || rows === 0 ? 'inconclusive' : over.length > 0 ? 'fail' : untold.length > 0 ? 'inconclusive' : 'pass',
        message: [...(over.length > 0 ? over : shares.slice(0, 3)).map(({ name, share }) => `${name} ${formatShare(share)}`), ...(untold.length > 0 ? [`no scored row tells of ${untold.join(', ')}`] : [])].join(', '),
        details: {
          shares: Object.fromEntries(shares.filter(({ share }) => share > 0).map(({ name, share }) => [name, share])),
          counts: Object.fromEntries(shares.filter(({ count }) => count > 0).map(({ name, count }) => [name, count])),
        },
      };
    },
  };
};
