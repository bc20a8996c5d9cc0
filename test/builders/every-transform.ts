import type { Table } from '../../src/data/table.ts';
import { featuresSchema } from '../../src/features/features-schema.ts';
import { createRandom } from '../../src/statistics/random.ts';

const weather = ['visibility', 'wind', 'gust', 'rain_3h', 'rain', 'degrees'];

/** One `features` entry for every transform that there is. */
export const everyTransform = featuresSchema.parse([
  { transform: 'cyclical-time', columns: ['hour'], period: 24 },
  { transform: 'embedding', columns: ['carrier'], dimensions: 2, 'minimum-count': 2 },
  { transform: 'holiday', columns: ['day'] },
  { transform: 'min-max', columns: ['wind'] },
  { transform: 'missing-indicator', columns: ['wind', 'hour'] },
  { transform: 'numeric', columns: ['degrees', 'rain'] },
  { transform: 'one-hot', columns: ['carrier'], 'minimum-count': 2 },
  { transform: 'piecewise-linear', columns: ['wind', 'degrees'], bins: 4 },
  { transform: 'quantile-normal', columns: ['visibility', 'gust'] },
  { transform: 'target-encoding', columns: ['carrier'], smoothing: 5 },
  { transform: 'weather-severity', columns: weather },
]);

/** Rows for it with missing, infinite and huge numbers, empty and rare texts, and holidays. */
export function everyTransformTable(rows: number): Table {
  const random = createRandom('every transform');
  const strange = [NaN, Infinity, -Infinity, 1e30, 0];
  const numbers = (scale: number): Float64Array => Float64Array.from({ length: rows }, (_, row) => (row % 17 < strange.length ? (strange[row % 17] ?? 0) : scale * random.next()));
  const texts = (choices: readonly string[]): string[] => Array.from({ length: rows }, () => choices[random.integer(choices.length)] ?? '');
  const carriers = texts(['AA', 'UA', 'B6', '']);
  carriers[0] = 'only once';
  return {
    rows,
    numbers: new Map([['hour', numbers(24)], ...weather.map((name): [string, Float64Array] => [name, numbers(name === 'degrees' ? 90 : 20)])]),
    strings: new Map([['carrier', carriers], ['day', texts(['2013-07-04', '2013-07-05', '2013-03-12', 'no date'])]]),
  };
}
