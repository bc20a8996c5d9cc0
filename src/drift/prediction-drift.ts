import type { DriftSection } from '../pipeline/schema/drift.ts';
import { formatNumber, formatShare } from '../report/format-number.ts';
import { countByDay } from '../statistics/count-by-day.ts';
import { dayIndex } from '../statistics/day-index.ts';
import { populationStability } from '../statistics/psi.ts';
import { psiNull, psiPValue } from '../statistics/psi-null.ts';
import type { Finding } from './finding.ts';
import { countsOf, type ReferenceProfile } from './reference-profile.ts';
import { blockDaysOf } from './windows.ts';

export interface PredictionDriftOptions {
  readonly profile: ReferenceProfile;
  /** Scores and decisions of the live version alone: another version's scores are no drift. */
  readonly probability: Float64Array;
  readonly decision: Uint8Array;
  readonly drift: DriftSection;
  readonly windowDays: number;
}

/** The live version's scores against those it gave its own training rows. */
export function detectPredictionDrift({ profile, probability, decision, drift, windowDays }: PredictionDriftOptions): Finding[] {
  const byDay = countsOf(profile.score, profile.days.length);
  const before = new Float64Array(byDay.binCount);
  byDay.counts.forEach((count, cell) => {
    before[cell % byDay.binCount] = (before[cell % byDay.binCount] ?? 0) + count;
  });
  const rows = probability.length;
  const now = rows === 0 ? new Float64Array(byDay.binCount) : countByDay(profile.score.bins, probability, dayIndex(new Int32Array(rows))).counts;
  const { psi } = populationStability(before, now);
  const distribution = psiNull(byDay, { windowDays, seed: 'drift/score', blockDays: blockDaysOf(windowDays), currentSize: rows });
  const pValue = psiPValue(distribution, psi);
  const known = rows >= drift['minimum-rows'] && !Number.isNaN(psi) && !Number.isNaN(pValue);
  const signal = known && psi > drift['prediction-drift'].threshold && pValue < drift.psi['false-discovery-rate'];
  const rate = rows === 0 ? null : decision.reduce((sum, positive) => sum + positive, 0) / rows;
  return [
    {
      id: 'prediction.psi',
      title: 'PSI of the scores',
      kind: 'prediction',
      state: !known ? 'inconclusive' : signal ? 'signal' : 'quiet',
      alarming: true,
      value: Number.isNaN(psi) ? null : psi,
      threshold: `≤ ${formatNumber(drift['prediction-drift'].threshold)}, or p ≥ ${formatNumber(drift.psi['false-discovery-rate'])}`,
      sampleSize: rows,
      message: known ? `p ${formatNumber(pValue)}` : `${rows} rows by the live version; ${drift['minimum-rows']} are needed`,
    },
    {
      id: 'prediction.rate',
      title: 'Share predicted positive',
      kind: 'prediction',
      state: rate === null ? 'inconclusive' : 'quiet',
      alarming: false,
      value: rate,
      sampleSize: rows,
      message: `${formatShare(profile.predictedRate)} on the training rows`,
    },
  ];
}
