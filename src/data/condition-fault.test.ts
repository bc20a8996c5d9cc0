import { describe, expect, it } from 'vitest';
import { conditionFault } from './condition-fault.ts';

describe('a condition of pipeline.yaml', () => {
  it.each(['distance > 0', "outcome <> 'completed' OR (delayed = 1 AND (distance > 0))", "carrier IN ('(', ')', 'O''Hare)', ';', '--')", '"a ) name" IS NULL', "E'it\\'s )' = carrier", '$tag$ ) $tag$ = carrier', 'distance - -1 > 0', "carrier LIKE'a\\' OR (true)"])(
    'stands in brackets: %s',
    (sql) => expect(conditionFault(sql)).toBeUndefined(),
  );

  it.each([
    ['distance > 0) AND (true', ') closes a bracket that it did not open'],
    ['(distance > 0', '( is not closed'],
    ["carrier = 'AA", "' is not closed"],
    ['"carrier = 1', '" is not closed'],
    ["carrier = E'\\'", "' is not closed"],
    ['distance > 0 -- miles', '-- begins a comment'],
    ['distance > 0 /* miles', '/* begins a comment'],
    ['distance > 0; DROP TABLE flights', '; ends the statement'],
  ])('does not reach beyond itself: %s', (sql, fault) => expect(conditionFault(sql)).toBe(fault));
});
