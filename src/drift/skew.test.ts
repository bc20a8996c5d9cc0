import { describe, expect, it } from 'vitest';
import type { Table } from '../data/table.ts';
import { detectOnlineSkew, detectSkew, type SkewOptions } from './skew.ts';

const minute = 60_000;
const rows = 200;
const delays = Float64Array.from({ length: rows }, (_, row) => row / 7);

function table(delay: Float64Array, carriers: readonly string[] = Array.from({ length: rows }, () => 'UA')): Table {
  return { rows, numbers: new Map([['delay', delay], ['predicted_at', Float64Array.from({ length: rows }, (_, row) => row * minute)]]), strings: new Map([['carrier', carriers]]) };
}

/** Every row computed by the service for the minute that the dataset has it at, unless said otherwise. */
function options(changed: Partial<SkewOptions> = {}): SkewOptions {
  return {
    logged: table(delays),
    recomputed: table(delays),
    recomputedRow: Int32Array.from({ length: rows }, (_, row) => row),
    columns: ['delay', 'carrier'],
    askedAt: Float64Array.from({ length: rows }, (_, row) => row * minute),
    predictedAt: 'predicted_at',
    ...changed,
  };
}

describe('skew of features that the service computed', () => {
  it('is none where every value is the batch’s to the last bit', () => {
    expect(detectOnlineSkew(options())).toMatchObject({ id: 'skew.online', state: 'quiet', value: 0, sampleSize: rows, details: { columns: {} } });
  });

  it('counts any difference, and says the share of rows for every column that has one', () => {
    const logged = table(delays.map((value, row) => (row < 20 ? value + 1e-9 : value)), Array.from({ length: rows }, (_, row) => (row === 0 ? 'AA' : 'UA')));
    expect(detectOnlineSkew(options({ logged }))).toMatchObject({ state: 'signal', value: 0.1, message: expect.stringContaining('delay in 10') as string, details: { columns: { delay: 0.1, carrier: 0.005 } } });
    // What callers send has been rounded on its way, and is allowed to be.
    expect(detectSkew(options({ logged: table(logged.numbers.get('delay') ?? delays) }))).toMatchObject({ id: 'skew', state: 'quiet', value: 0 });
  });

  it('compares only rows of the very minute that the dataset has, and says how many have none', () => {
    const askedAt = Float64Array.from({ length: rows }, (_, row) => (row < 150 ? row * minute : (row - 5) * minute));
    const logged = table(delays.map((value, row) => (row < 150 ? value : value + 5)));
    const finding = detectOnlineSkew(options({ logged, askedAt }));
    expect(finding).toMatchObject({ state: 'quiet', sampleSize: 150, message: expect.stringContaining('50 of 200 rows have no counterpart') as string });
    expect(detectSkew(options({ logged, askedAt }))).toMatchObject({ state: 'quiet', sampleSize: 150 });
  });

  it('is not asked about where callers sent every column, and undecided where no row can be compared', () => {
    expect(detectOnlineSkew(options({ askedAt: new Float64Array(rows).fill(Number.NaN) }))).toBeUndefined();
    expect(detectOnlineSkew(options({ recomputedRow: new Int32Array(rows).fill(-1) }))).toMatchObject({ state: 'inconclusive', value: null, sampleSize: 0 });
  });
});
