import { formatCount } from '../../report/format-number.ts';
import type { CheckFactory } from './check-plan.ts';

/** Enough rows are left after quarantine. */
export const rowCount: CheckFactory<'row-count'> = ({ minimum }) => ({
  kind: 'table',
  id: 'row-count',
  title: 'Rows accepted',
  remedy: 'Choose a longer window, or mend what sends the rows to quarantine.',
  measures: {},
  judge: (_measured, { accepted }) => ({ value: accepted, unit: 'row', threshold: `≥ ${formatCount(minimum)}`, verdict: accepted >= minimum ? 'pass' : 'fail' }),
});
