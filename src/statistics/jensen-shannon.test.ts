import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jensenShannon } from './jensen-shannon.ts';

describe('jensenShannon', () => {
  test('agrees with scipy.spatial.distance.jensenshannon', () => {
    expect(jensenShannon([10, 20, 30], [25, 15, 20]).distance).toBeCloseTo(0.23735110448861213, 13);
  });
  test('is 1 for disjoint counts, NaN for an empty side', () => {
    expect(jensenShannon([3, 0], [0, 8])).toEqual({ divergence: 1, distance: 1 });
    expect(jensenShannon([0, 0], [1, 1]).distance).toBeNaN();
    expect(() => jensenShannon([1], [1, 1])).toThrow(RangeError);
  });
  test('does not change with the sample size and stays in [0, 1]', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(99), fc.nat(99)), { minLength: 1 }), (pairs) => {
        const a = pairs.map(([first]) => first + 1);
        const b = pairs.map(([, second]) => second + 1);
        const { divergence } = jensenShannon(a, b);
        expect(divergence).toBeGreaterThanOrEqual(0);
        expect(divergence).toBeLessThanOrEqual(1);
        expect(jensenShannon(a, b.map((count) => count * 7)).divergence).toBeCloseTo(divergence, 12);
      }),
    );
  });
});
