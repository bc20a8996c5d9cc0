import { expect, it } from 'vitest';
import { localStretches } from './zone-offsets.ts';

const hour = 3_600_000;
const at = (zone: string, local: string) => localStretches(zone).filter(({ from, to }) => from <= Date.parse(local) && Date.parse(local) < to);

it('every local time is in one stretch', () => {
  for (const zone of ['America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Pacific/Apia', 'UTC']) {
    const stretches = localStretches(zone);
    for (const [index, { to }] of stretches.entries()) if (index + 1 < stretches.length) expect(stretches[index + 1]?.from).toBe(to);
  }
});

it('the hour that New York leaves out does not occur, the one it repeats occurs twice', () => {
  expect(at('America/New_York', '2013-03-10T02:00:00Z')).toEqual([{ from: Date.UTC(2013, 2, 10, 2), to: Date.UTC(2013, 2, 10, 3), offset: -5 * hour, occurs: 'never' }]);
  expect(at('America/New_York', '2013-11-03T01:59:59Z')).toMatchObject([{ from: Date.UTC(2013, 10, 3, 1), to: Date.UTC(2013, 10, 3, 2), occurs: 'twice' }]);
  expect(at('America/New_York', '2013-07-01T12:00:00Z')).toMatchObject([{ offset: -4 * hour, occurs: 'once' }]);
});

it('a clock put back by half an hour repeats half an hour, a day left out does not occur', () => {
  expect(at('Australia/Lord_Howe', '2013-04-07T01:45:00Z')).toMatchObject([{ from: Date.UTC(2013, 3, 7, 1, 30), to: Date.UTC(2013, 3, 7, 2), occurs: 'twice' }]);
  // Samoa went from 29 to 31 December 2011.
  expect(at('Pacific/Apia', '2011-12-30T12:00:00Z')).toMatchObject([{ from: Date.UTC(2011, 11, 30), to: Date.UTC(2011, 11, 31), occurs: 'never' }]);
});

it('an unknown zone is refused by name', () => {
  expect(() => localStretches('Mars/Olympus')).toThrow(/"Mars\/Olympus" is no time zone/);
});
