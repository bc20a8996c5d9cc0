import { expect, test } from 'vitest';
import { workflowLine } from './workflow-line.ts';

test.each([
  ['Trial 1 is complete', 'Trial 1 is complete'],
  ['::error title=train::study-mismatch: 5 %25 differ%0AGive it another name.', 'study-mismatch: 5 % differ\n  Give it another name.'],
  ['::error title=a%3Ab::wrong', 'wrong'],
  ['::error::a literal %250A stays', 'a literal %0A stays'],
  ['::warning::seldom', 'warning: seldom'],
  ['::group::Trials', undefined],
  ['::debug::at (file.ts:1)', undefined],
  ['::endgroup::', undefined],
  ['', undefined],
])('the runner’s line %j tells people %j', (line, told) => {
  expect(workflowLine(line)).toBe(told);
});
