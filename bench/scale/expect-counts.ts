import { z } from 'zod';
import type { ChecksResult } from '../../src/data/run-checks.ts';
import { type RealFlights, simulateRows, type SimulatedRow } from './simulate-rows.ts';

/** What the checks of checks.yaml must count: name → exact figure. */
export type Expected = ReadonlyMap<string, number>;

const dayLength = 86_400_000;
const columns = { distance: 'distance', departure_delay: 'departureDelay', arrival_delay: 'arrivalDelay', air_time: 'airTime' } as const;
const limits: Readonly<Record<keyof typeof columns, readonly [number, number]>> = { distance: [1, 6000], departure_delay: [-60, 1440], arrival_delay: [-120, 1440], air_time: [15, 1000] };
type ColumnName = keyof typeof columns;
const columnNames = Object.keys(columns) as ColumnName[];

/** One row's faults, said without SQL. */
function faultsOf(row: SimulatedRow): string[] {
  const { fault, outcome, airTime, departureDelay, arrivalDelay, duplicate } = row;
  const faults = columnNames.filter((name) => {
    const value = row[columns[name]];
    return value !== null && !(value >= limits[name][0] && value <= limits[name][1]);
  }).map((name) => `range ${name}`);
  if (outcome !== 'completed' && airTime !== null) faults.push('domain-rule.air-time-of-completed-only');
  if (departureDelay !== null && arrivalDelay !== null && departureDelay - arrivalDelay > 120) faults.push('domain-rule.plausible-recovery');
  if (fault === 1) faults.push('allowed-values');
  if (fault === 2) faults.push('pattern');
  if (fault === 9 || fault === 10 || duplicate) faults.push('uniqueness');
  return faults;
}

/** Counts by going through the rows one by one; fences from how often each whole minute or mile occurs. */
export function expectCounts(flights: RealFlights, rows: number, end: number): { scan: Expected; exact: Expected } {
  const counts = new Map<string, number>();
  const add = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  const values = Object.fromEntries(columnNames.map((name) => [name, new Map<number, number>()])) as Record<ColumnName, Map<number, number>>;
  const days = new Map<number, number>();
  let [newest, badInScan, badInExact] = [-Infinity, 0, 0];
  simulateRows(flights, rows, (row) => {
    const faults = faultsOf(row);
    faults.forEach(add);
    if (faults.length > 0) badInExact += 1;
    if (faults.some((name) => name !== 'uniqueness')) badInScan += 1;
    if (row.fault === 9) add('missing flight_id');
    if (row.departure === null) {
      add('missing scheduled_departure');
    } else {
      if (row.departure <= end) newest = Math.max(newest, row.departure);
      const day = Math.floor(row.departure / dayLength);
      days.set(day, (days.get(day) ?? 0) + 1);
    }
    for (const name of columnNames) {
      const value = row[columns[name]];
      if (value === null || Number.isNaN(value)) add(`missing ${name}`);
      if (value !== null) values[name].set(value, (values[name].get(value) ?? 0) + 1);
    }
  });
  const scan = new Map([...counts].filter(([name]) => name !== 'uniqueness'));
  scan.set('rows', rows).set('quarantined', badInScan).set('freshness hours', (end - newest) / 3_600_000).set('volume', worstDifference(days, end));
  const exact = new Map([...scan, ['quarantined', badInExact] as const, ['uniqueness', counts.get('uniqueness') ?? 0] as const]);
  for (const name of columnNames) exact.set(`outliers ${name}`, outside(values[name]));
  return { scan, exact };
}

function worstDifference(days: ReadonlyMap<number, number>, end: number): number {
  const first = Math.min(...days.keys());
  let worst = 0;
  for (let day = first + 28; day < end / dayLength; day++) {
    const before = [7, 14, 21, 28].map((back) => days.get(day - back) ?? 0).sort((a, b) => a - b);
    const median = ((before[1] ?? NaN) + (before[2] ?? NaN)) / 2;
    worst = Math.max(worst, Math.abs((days.get(day) ?? 0) - median) / Math.max(1, median));
  }
  return worst;
}

function outside(counts: ReadonlyMap<number, number>): number {
  const sorted = [...counts].filter(([value]) => Number.isFinite(value)).sort(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  const at = (rank: number): number => {
    let seen = 0;
    for (const [value, count] of sorted) if ((seen += count) > rank) return value;
    return NaN;
  };
  const quartile = (share: number): number => {
    const place = (total - 1) * share;
    return at(Math.floor(place)) + (at(Math.ceil(place)) - at(Math.floor(place))) * (place - Math.floor(place));
  };
  const [low, high] = [quartile(0.25), quartile(0.75)];
  const reach = 1.5 * (high - low);
  let found = 0;
  for (const [value, count] of counts) if (!(value >= low - reach && value <= high + reach)) found += count;
  return found;
}

const countsOf = z.object({ counts: z.record(z.string(), z.number()) });
const rulesOf = z.object({ rules: z.record(z.string(), z.number()) });
const fencesOf = z.object({ columns: z.record(z.string(), z.object({ count: z.number() })) });

/** The same figures out of what the checks found. */
export function foundCounts({ rows, quarantined, checks }: ChecksResult): Expected {
  const found = new Map<string, number>([
    ['rows', rows],
    ['quarantined', quarantined],
  ]);
  for (const { id, value, details } of checks) {
    if (id === 'missing') for (const [name, count] of Object.entries(countsOf.parse(details).counts)) found.set(`missing ${name}`, count);
    else if (id === 'range') for (const [reason, count] of Object.entries(rulesOf.parse(details).rules)) found.set(`range ${reason.split(' ')[0] ?? ''}`, count);
    else if (id === 'outliers') for (const [name, { count }] of Object.entries(fencesOf.parse(details).columns)) found.set(`outliers ${name}`, count);
    else if (id.startsWith('freshness')) found.set('freshness hours', Number(value));
    else if (id !== 'schema') found.set(id.startsWith('uniqueness') ? 'uniqueness' : id, Number(value));
  }
  return found;
}
