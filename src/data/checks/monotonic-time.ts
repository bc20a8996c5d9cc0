import { formatCount } from '../../report/format-number.ts';
import type { CheckFactory } from './check-plan.ts';

/** Pairs that are shown. */
const shown = 5;

/**
 * Rows lie in the order of a time column: none is earlier than the row before it (equal is allowed). Rows without a time are passed over.
 * Order is how the rows lie in their files; an engine that knows no such order, a warehouse, cannot be asked: skipped. The value is the number of steps back.
 */
export const monotonicTime: CheckFactory<'monotonic-time'> = ({ column }, { dialect, relation, order }) => {
  const frame = {
    id: `monotonic-time.${column}`,
    title: `Rows in the order of ${column}`,
    remedy: 'Sort the source by its time, or find out why a part of it came late.',
  };
  if (order.length === 0) {
    return { ...frame, kind: 'queries', queries: {}, judge: () => ({ value: null, threshold: '0 steps back', verdict: 'skipped', message: 'the rows of a warehouse lie in no order' }) };
  }
  const time = dialect.identifier(column);
  const places = order.map((expression, index) => ({ expression, name: `place_${index}` }));
  const inner = `SELECT ${time} AS moment, lag(${time}) OVER (ORDER BY ${order.join(', ')}) AS earlier, ${places.map(({ expression, name }) => `${expression} AS ${name}`).join(', ')} FROM ${relation} WHERE ${time} IS NOT NULL`;
  return {
    ...frame,
    kind: 'queries',
    queries: {
      // Counted and shown by one query: the order of all rows is looked at once.
      steps: `SELECT count(*) OVER () AS steps, earlier, moment FROM (${inner}) WHERE moment < earlier ORDER BY ${places.map(({ name }) => name).join(', ')} LIMIT ${shown}`,
    },
    judge: (results, { rows }) => {
      const found = results.get('steps') ?? [];
      const steps = Number(found[0]?.['steps'] ?? 0);
      const examples = found.map((row) => ({ [`${column}, row before`]: String(row['earlier']), [column]: String(row['moment']) }));
      return {
        value: steps,
        threshold: '0 steps back',
        verdict: rows === 0 ? 'inconclusive' : steps > 0 ? 'fail' : 'pass',
        ...(steps === 0 ? {} : { message: `${formatCount(steps)} ${steps === 1 ? 'row is' : 'rows are'} earlier than the row before`, details: { examples } }),
      };
    },
  };
};
