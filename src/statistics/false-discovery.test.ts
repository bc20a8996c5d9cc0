import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { falseDiscoveryQValues } from './false-discovery.ts';

describe('falseDiscoveryQValues', () => {
  test('agrees with scipy.stats.false_discovery_control', () => {
    const qValues = falseDiscoveryQValues([0.01, 0.02, 0.03, 0.5, 0.001, 0.2]);
    [0.03, 0.04, 0.045, 0.5, 0.006, 0.24].forEach((expected, position) => {
      expect(qValues[position]).toBeCloseTo(expected, 14);
    });
  });
  test('an inconclusive test stays NaN and costs the others nothing', () => {
    expect(falseDiscoveryQValues([0.02, Number.NaN])).toEqual([0.02, Number.NaN]);
    expect(falseDiscoveryQValues([])).toEqual([]);
  });
  test('never below the p-value, never above 1, in the order of the p-values', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (pValues) => {
        const qValues = falseDiscoveryQValues(pValues);
        pValues.forEach((p, i) => {
          const q = qValues[i] ?? Number.NaN;
          expect(q).toBeGreaterThanOrEqual(p * (1 - 1e-12));
          expect(q).toBeLessThanOrEqual(1);
          pValues.forEach((other, j) => {
            if (other < p) expect(qValues[j]).toBeLessThanOrEqual(q);
          });
        });
      }),
    );
  });
  test('a p-value outside [0, 1] is refused', () => {
    expect(() => falseDiscoveryQValues([1.2])).toThrow(RangeError);
  });
});
