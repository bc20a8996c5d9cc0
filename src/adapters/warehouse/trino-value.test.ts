import { describe, expect, it } from 'vitest';
import { trinoValue } from './trino-value.ts';

const value = (type: string, of: unknown): unknown => trinoValue(of, { name: 'x', type });

describe('values of Trino', () => {
  it('are numbers where a number holds every digit, else text', () => {
    expect([value('bigint', 7), value('double', 1.5), value('decimal(10,2)', '123.40'), value('decimal(38,0)', '12345678901234567890')]).toEqual([7, 1.5, 123.4, '12345678901234567890']);
  });

  it('are refused where the integer was rounded on the way', () => {
    expect(() => value('bigint', 2 ** 53)).toThrow(/beyond ±\(2\^53/);
  });

  it('are null where missing, and keep NaN and infinities as text', () => {
    expect([value('double', null), value('double', 'NaN'), value('double', '-Infinity')]).toEqual([null, 'NaN', '-Infinity']);
  });

  it('are moments as DuckDB writes them: no zeros at the end of the fraction', () => {
    expect([value('timestamp(6)', '2013-01-01 10:00:00.000000'), value('timestamp(6)', '2013-01-01 10:00:00.120000'), value('timestamp(3) with time zone', '2013-01-01 10:00:00.500 UTC')]).toEqual([
      '2013-01-01 10:00:00',
      '2013-01-01 10:00:00.12',
      '2013-01-01 10:00:00.5 UTC',
    ]);
  });
});
