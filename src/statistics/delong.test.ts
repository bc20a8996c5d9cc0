import { describe, expect, test } from 'vitest';
import { delongAuc, delongDifference } from './delong.ts';

const labels = Uint8Array.of(0, 0, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1);
const first = Float64Array.of(0.1, 0.4, 0.35, 0.8, 0.2, 0.9, 0.4, 0.4, 0.6, 0.55, 0.05, 0.7);
const second = Float64Array.of(0.2, 0.3, 0.45, 0.6, 0.5, 0.7, 0.1, 0.3, 0.8, 0.35, 0.15, 0.75);

// Reference values: the definition over all pairs of rows, in numpy.
describe('DeLong', () => {
  test('AUC and variance agree with the sum over all pairs', () => {
    const result = delongAuc(labels, first);
    expect(result.auc).toBeCloseTo(0.8611111111111112, 14);
    expect(result.variance).toBeCloseTo(0.01219135802469136, 14);
    expect(result.interval[1]).toBe(1);
  });
  test('the paired difference agrees with the sum over all pairs', () => {
    const result = delongDifference(labels, first, second);
    expect(result.difference).toBeCloseTo(-0.04166666666666674, 14);
    expect(result.variance).toBeCloseTo(0.010879629629629633, 14);
    expect(result.pValue).toBeCloseTo(0.6895485960795251, 12);
  });
  test('scores that rank alike do not differ', () => {
    expect(delongDifference(labels, first, first.map((score) => score * 2))).toMatchObject({ difference: 0, pValue: 1, interval: [0, 0] });
  });
  test('one class, one row of a class or no rows give NaN', () => {
    expect(delongAuc(Uint8Array.of(1, 1), Float64Array.of(0.1, 0.2)).auc).toBeNaN();
    expect(delongAuc(Uint8Array.of(1, 0, 0), Float64Array.of(0.1, 0.2, 0.3)).auc).toBeNaN();
    expect(delongDifference(new Uint8Array(0), new Float64Array(0), new Float64Array(0)).pValue).toBeNaN();
  });
  test('NaN scores, other labels and unequal lengths are refused', () => {
    expect(() => delongAuc(Uint8Array.of(1, 0), Float64Array.of(Number.NaN, 1))).toThrow(RangeError);
    expect(() => delongAuc(Uint8Array.of(2, 0), Float64Array.of(0, 1))).toThrow(RangeError);
    expect(() => delongAuc(Uint8Array.of(1), Float64Array.of(0, 1))).toThrow(RangeError);
  });
});
