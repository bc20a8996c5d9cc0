import { describe, expect, test } from 'vitest';
import { createRandom } from '../statistics/random.ts';
import { accuracy } from './accuracy.ts';
import { confusionMatrix } from './confusion-matrix.ts';
import { recall } from './recall.ts';
import { thresholdForGains } from './threshold-for-gains.ts';
import { thresholdForRecall } from './threshold-for-recall.ts';

const random = createRandom('gains');
const signal = Float64Array.from({ length: 2000 }, () => random.normal());
const labels = Uint8Array.from(signal, (value) => (value + random.normal() > 1 ? 1 : 0));
const challenger = { labels, scores: signal };
const championScores = signal.map((value) => value + 1.5 * random.normal());
const championThreshold = thresholdForRecall({ labels, scores: championScores }, 0.7);
const target = {
  champion: { accuracy: championThreshold.accuracy, recall: championThreshold.recall },
  accuracyMargin: 0.02,
  recallMargin: 0.03,
};

describe('thresholdForGains', () => {
  test('no threshold balances the two gains better', () => {
    const chosen = thresholdForGains(challenger, target);
    let best = Number.NEGATIVE_INFINITY;
    for (const threshold of signal) {
      const confusion = confusionMatrix(challenger, threshold);
      best = Math.max(best, Math.min((accuracy(confusion) - target.champion.accuracy) / 0.02, (recall(confusion) - target.champion.recall) / 0.03));
    }
    expect(chosen.balance).toBeCloseTo(best, 12);
    expect(recall(confusionMatrix(challenger, chosen.threshold)) - target.champion.recall).toBeCloseTo(chosen.recallGain, 12);
  });
  test('finds a gain in both where aiming at the champion’s recall leaves recall as it was', () => {
    const chosen = thresholdForGains(challenger, target);
    expect(chosen.balance).toBeGreaterThan(1);
    const sameRecall = thresholdForRecall(challenger, target.champion.recall);
    expect(sameRecall.recall - target.champion.recall).toBeLessThan(0.03);
  });
  test('of equally good thresholds the highest is taken', () => {
    const rows = { labels: Uint8Array.of(1, 0, 1), scores: Float64Array.of(0.9, 0.5, 0.5) };
    const chosen = thresholdForGains(rows, { champion: { accuracy: 2 / 3, recall: 1 / 2 }, accuracyMargin: 1, recallMargin: 1 });
    expect(chosen.threshold).toBe(0.9);
  });
  test('no positives, no rows or a champion without numbers give NaN', () => {
    const none = { threshold: Number.NaN, balance: Number.NaN };
    expect(thresholdForGains({ labels: Uint8Array.of(0), scores: Float64Array.of(0.2) }, target)).toMatchObject(none);
    expect(thresholdForGains({ labels: new Uint8Array(0), scores: new Float64Array(0) }, target)).toMatchObject(none);
    expect(thresholdForGains(challenger, { ...target, champion: { accuracy: Number.NaN, recall: 0.5 } })).toMatchObject(none);
    expect(() => thresholdForGains(challenger, { ...target, recallMargin: 0 })).toThrow(RangeError);
  });
});
