import { formatCount } from '../report/format-number.ts';
import type { Check } from '../verdict/verdict.ts';
import type { Evaluation } from './evaluation.ts';

/** Test rows that have decided too often are no longer unseen: whoever tries long enough passes by chance. Past the budget nothing is decided until rows are fresh. */
export function holdoutCheck({ holdout }: Evaluation): Check[] {
  if (holdout === undefined) return [];
  const { earlier, budget } = holdout;
  const base = { id: 'holdout', title: 'Decisions on these test rows, this one included', value: earlier + 1, threshold: `≤ ${formatCount(budget)}`, severity: 'error' as const };
  if (earlier < budget) return [{ ...base, verdict: 'pass' }];
  return [
    {
      ...base,
      verdict: 'inconclusive',
      message: `at least half of these days have decided ${formatCount(earlier)} times`,
      remedy: 'Test on fresh data: move the test window in training-window.yaml to days that have not been judged on.',
    },
  ];
}
