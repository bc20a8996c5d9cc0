import { describe, expect, it } from 'vitest';
import { hiveOptions, withinWindow } from './hive-partitions.ts';

const window = { from: Date.parse('2013-03-01T00:00:00Z'), to: Date.parse('2013-03-08T00:00:00Z') };

describe('withinWindow', () => {
  it.each([
    ['date=2013-02-27/a.csv', false],
    ['date=2013-02-28/a.csv', true],
    ['date=2013-03-08/a.csv', true],
    ['date=2013-03-09/a.csv', false],
  ])('keeps a day of margin at both ends: %s', (name, expected) => {
    expect(withinWindow(name, ['date'], window)).toBe(expected);
  });

  it.each([
    ['year=2012/month=3/day=5/a', ['year', 'month', 'day'], false],
    ['year=2013/month=03/day=05/a', ['year', 'month', 'day'], true],
    ['year=2013/month=2/a', ['year', 'month'], true],
    ['year=2013/month=1/a', ['year', 'month'], false],
    ['year=2013/month=4/a', ['year', 'month'], false],
    ['year=2013/a', ['year'], true],
    ['year=2014/a', ['year'], false],
    ['month=7/a', ['month'], true],
    ['year=2013/origin=EWR/month=3/a', ['year', 'month'], true],
    ['date=__HIVE_DEFAULT_PARTITION__/a', ['date'], true],
  ] as const)('compares the days that the declared folders name: %s by %j', (name, keys, expected) => {
    expect(withinWindow(name, keys, window)).toBe(expected);
  });

  it.each([
    ['a.csv', ['date'], 'lies in no folder date=…'],
    ['year=2013/a.csv', ['year', 'month'], 'lies in no folder month=…'],
    ['date=2013-02-30/a.csv', ['date'], 'date=2013-02-30'],
    ['date=20130301/a.csv', ['date'], 'date=20130301'],
    ['year=2013/month=13/a.csv', ['year', 'month'], 'month=13'],
    ['year=x/a.csv', ['year'], 'year=x'],
  ] as const)('names a folder that says no day: %s', (name, keys, message) => {
    expect(() => withinWindow(name, keys, window)).toThrow(message);
  });
});

describe('hiveOptions', () => {
  it('types the columns that folders become, whatever their values', () => {
    expect(hiveOptions(['year=2013/origin=EWR/a', 'year=2014/origin=1/b'], 'x')).toBe(
      "hive_partitioning = true, hive_types_autocast = false, hive_types = {'origin': VARCHAR, 'year': BIGINT}",
    );
    expect(hiveOptions(['date=2013-01-01/a'], 'x')).toContain("'date': DATE");
  });

  it('takes folders without a key, and files whose names hold a sign of equality, for what they are', () => {
    expect(hiveOptions(['logs/a=b.csv', 'c.csv'], 'x')).toBe('hive_partitioning = false');
  });

  it('quotes a key', () => {
    expect(hiveOptions(["it's=1/a"], 'x')).toContain("{'it''s': VARCHAR}");
  });

  it('refuses files of which only some lie in a key’s folder', () => {
    expect(() => hiveOptions(['year=2013/a', 'b'], 's3://x')).toThrow('year=2013/a (year) and b (none)');
  });
});
