import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accuracy } from './accuracy.ts';
import { confusionMatrix, confusionTotal } from './confusion-matrix.ts';
import { f1 } from './f1.ts';
import { precision } from './precision.ts';
import { predictedPositiveRate } from './predicted-positive-rate.ts';
import { recall } from './recall.ts';

const nothing = { truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0 };

describe('confusion matrix and its ratios', () => {
  test('a score equal to the threshold is predicted positive', () => {
    const rows = { labels: Uint8Array.of(1, 0, 1, 0), scores: Float64Array.of(0.5, 0.5, 0.4, 0.1) };
    expect(confusionMatrix(rows, 0.5)).toEqual({ truePositives: 1, falsePositives: 1, trueNegatives: 1, falseNegatives: 1 });
  });
  test('a threshold per row applies to its row', () => {
    const rows = { labels: Uint8Array.of(1, 1), scores: Float64Array.of(0.5, 0.5) };
    expect(confusionMatrix(rows, Float64Array.of(0.4, 0.6))).toMatchObject({ truePositives: 1, falseNegatives: 1 });
  });
  test('weights add up instead of rows', () => {
    const rows = { labels: Uint8Array.of(1, 0), scores: Float64Array.of(0.9, 0.9), weights: Float64Array.of(2, 0.5) };
    expect(confusionMatrix(rows, 0.5)).toMatchObject({ truePositives: 2, falsePositives: 0.5 });
  });
  test('the ratios of a worked example', () => {
    const confusion = { truePositives: 6, falsePositives: 2, trueNegatives: 8, falseNegatives: 4 };
    expect(accuracy(confusion)).toBe(0.7);
    expect(precision(confusion)).toBe(0.75);
    expect(recall(confusion)).toBe(0.6);
    expect(f1(confusion)).toBeCloseTo(2 / 3, 14);
    expect(predictedPositiveRate(confusion)).toBe(0.4);
  });
  test('a ratio with nothing below the line is NaN', () => {
    for (const metric of [accuracy, precision, recall, f1, predictedPositiveRate]) expect(metric(nothing)).toBeNaN();
    expect(precision({ ...nothing, falseNegatives: 3 })).toBeNaN();
    expect(recall({ ...nothing, falsePositives: 3 })).toBeNaN();
    expect(f1({ ...nothing, falsePositives: 3 })).toBe(0);
  });
  test('every row is counted once, and recall never rises with the threshold', () => {
    const rows = fc.array(fc.tuple(fc.boolean(), fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 1 });
    fc.assert(
      fc.property(rows, fc.double({ min: 0, max: 1, noNaN: true }), (pairs, threshold) => {
        const data = { labels: Uint8Array.from(pairs, ([label]) => Number(label)), scores: Float64Array.from(pairs, ([, score]) => score) };
        const confusion = confusionMatrix(data, threshold);
        expect(confusionTotal(confusion)).toBe(pairs.length);
        expect(confusionMatrix(data, threshold / 2).truePositives).toBeGreaterThanOrEqual(confusion.truePositives);
      }),
    );
  });
});
