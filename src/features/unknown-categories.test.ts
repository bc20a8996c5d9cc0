import { describe, expect, it } from 'vitest';
import { tableOf } from '../../test/builders/encode-features.ts';
import { featuresSchema } from './features-schema.ts';
import { fitFeatures } from './fit-features.ts';
import { seenCategories } from './seen-categories.ts';
import { countUnknownCategories } from './unknown-categories.ts';

const features = featuresSchema.parse([
  { transform: 'target-encoding', columns: ['route', 'carrier'] },
  { transform: 'embedding', columns: ['carrier'], dimensions: 2, 'minimum-count': 2 },
  { transform: 'numeric', columns: ['x'] },
]);
const train = tableOf({ x: [1, 2, 3, 4] }, { carrier: ['UA', 'UA', 'B6', ''], route: ['a', 'b', 'a', 'a'] });
const seen = seenCategories(features, fitFeatures(features, { table: train, labels: Float64Array.of(0, 1, 0, 1) }));

describe('unknown categories', () => {
  it('known to every transform of the column, or to some only', () => {
    expect(seen).toEqual({ carrier: { known: ['UA'], rare: ['B6'] }, route: { known: ['a', 'b'], rare: [] } });
  });

  it('are counted by column, apart from rare and missing ones, the most frequent first', () => {
    const rows = tableOf({}, { carrier: ['ZZ', 'UA', 'B6', '', 'YY', 'ZZ'], route: ['a', 'a', 'b', 'b', 'c', ''] });
    expect(countUnknownCategories(seen, rows)).toEqual([
      { column: 'carrier', rows: 6, unknown: 3, rare: 1, missing: 1, categories: [{ category: 'ZZ', rows: 2 }, { category: 'YY', rows: 1 }] },
      { column: 'route', rows: 6, unknown: 1, rare: 0, missing: 1, categories: [{ category: 'c', rows: 1 }] },
    ]);
  });

  it('name the column that the rows lack', () => {
    expect(() => countUnknownCategories(seen, tableOf({}, { carrier: ['UA'] }))).toThrow(/no string column "route"/);
  });
});
