import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kolmogorovSurvival } from './kolmogorov-distribution.ts';
import { kolmogorovSmirnov, kolmogorovSmirnovOfCounts } from './ks.ts';
import { countNumbers, quantileBins } from './quantile-bins.ts';

const columns = fc.tuple(fc.array(fc.nat(30), { minLength: 1 }), fc.array(fc.nat(30), { minLength: 1 }));

// Reference values: scipy.special.kolmogorov, scipy.stats.ks_2samp.
describe('Kolmogorov–Smirnov', () => {
  test.each([
    [0.5, 0.9639452436648751],
    [1.0, 0.26999967167735456],
    [1.18, 0.1234538094297657],
    [2.0, 0.0006709252557796953],
  ])('P(K ≥ %d) agrees with the reference', (x, expected) => {
    expect(kolmogorovSurvival(x)).toBeCloseTo(expected, 13);
  });
  test('ties and unequal sizes give the reference distance and p-value', () => {
    const result = kolmogorovSmirnov(Float64Array.of(1, 2, 2, 3, 5, 8, 9, 12), Float64Array.of(2, 4, 4, 6, 7, 11, 13, 15, 16));
    expect(result.distance).toBeCloseTo(0.3888888888888889, 14);
    expect(result.pValue).toBeCloseTo(0.5436109046827389, 12);
  });
  test('missing values are left out and an empty side gives NaN', () => {
    expect(kolmogorovSmirnov(Float64Array.of(1, Number.NaN), Float64Array.of(1))).toMatchObject({ distance: 0, pValue: 1, referenceSize: 1 });
    expect(kolmogorovSmirnov(Float64Array.of(Number.NaN), Float64Array.of(1)).distance).toBeNaN();
    expect(kolmogorovSmirnovOfCounts([0, 0, 9], [1, 1, 0]).pValue).toBeNaN();
    expect(() => kolmogorovSmirnovOfCounts([1], [1, 2])).toThrow(RangeError);
  });
  test('is symmetric, in [0, 1], and never below its binned form', () => {
    fc.assert(
      fc.property(columns, ([first, second]) => {
        const a = Float64Array.from(first);
        const b = Float64Array.from(second);
        const { distance } = kolmogorovSmirnov(a, b);
        expect(kolmogorovSmirnov(b, a).distance).toBe(distance);
        expect(distance).toBeLessThanOrEqual(1);
        const bins = quantileBins(a, 4);
        const binned = kolmogorovSmirnovOfCounts(countNumbers(bins, a), countNumbers(bins, b));
        expect(binned.distance).toBeLessThanOrEqual(distance + 1e-12);
      }),
    );
  });
});
