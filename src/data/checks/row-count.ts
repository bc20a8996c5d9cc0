import { formatCount } from '../../report/format-number.ts';
import type { CheckFactory } from './check-plan.ts';

/** Enough rows are left after quarantine. */
export const rowCount: CheckFactory<'row-count'> = ({ minimum }) => ({
  kind: 'table',
  id: 'row-count',
  title: 'Rows accepted',
  remedy: 'Choose a longer window, or mend what sends the rows to quarantine.',
  measures: { accepted: 'count(*) FILTER (len(reasons) = 0)' },
  judge: (measured) => {
    const accepted = measured.get('accepted') ?? 0;
    return { value: accepted, unit: 'row', threshold: `≥ ${formatCount(minimum)}`, verdict: accepted >= minimum ? 'pass' : 'fail' };
  },
});
