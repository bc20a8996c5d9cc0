import type { CheckFactory } from './check-plan.ts';

/**
 * Values that another source knows: the columns of a row, together, are those of some row of the source. A row with a part missing passes
 * (missing values are the `missing` check's), and a row of the source with a part missing matches nothing.
 *
 * Parameters: `columns`, and `key`, the source's columns in the same order; one of each at least.
 */
export const reference: CheckFactory<'reference'> = ({ columns, source, key, 'maximum-bad-share': maximumShare }, { dialect, sources }) => {
  const frame = {
    id: `reference.${columns.join('.')}`,
    title: `${columns.join(', ')} known to ${source}`,
    remedy: `Look at the examples: mend the rows, or bring ${source} up to date.`,
  };
  const relation = sources[source];
  if (relation === undefined) {
    // The verdict must not pass because of what could not be looked at.
    return { ...frame, kind: 'queries', queries: {}, judge: () => ({ value: null, verdict: 'inconclusive', message: `source ${source} was not given` }) };
  }
  const own = columns.map((name) => dialect.identifier(name));
  const other = key.map((name) => dialect.identifier(name));
  const row = own.length === 1 ? own.join('') : `(${own.join(', ')})`;
  const complete = (names: readonly string[]): string => names.map((name) => `${name} IS NOT NULL`).join(' AND ');
  // NOT IN says NULL, not true, where either side has a NULL. The subquery names no column of the row, so every engine runs it once.
  return {
    ...frame,
    kind: 'rows',
    rules: [
      {
        reason: `${columns.join(', ')} is not among ${key.join(', ')} of ${source}`,
        failing: `${complete(own)} AND ${row} NOT IN (SELECT ${other.join(', ')} FROM ${relation} WHERE ${complete(other)})`,
      },
    ],
    maximumShare,
  };
};
