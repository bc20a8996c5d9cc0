import type { CheckFactory } from './check-plan.ts';

/** One row per key, no part of it missing. The first row of a key that no enforced condition rejects is kept, the others are duplicates. */
export const uniqueness: CheckFactory<'uniqueness'> = ({ columns, 'maximum-bad-share': maximumShare }, { dialect }) => ({
  kind: 'rows',
  id: `uniqueness.${columns.join('.')}`,
  title: `Unique ${columns.join(', ')}`,
  remedy: 'Find out why the source or the query gives the row twice.',
  maximumShare,
  rules: [
    { reason: `${columns.join(', ')} has a missing part`, failing: columns.map((name) => `${dialect.identifier(name)} IS NULL`).join(' OR ') },
    { reason: `${columns.join(', ')} is there already`, key: columns },
  ],
});
