import type { DayStatistic } from '../statistics/day-block-bootstrap.ts';
import type { DayIndex } from '../statistics/day-index.ts';
import { ascendingOrder } from '../statistics/midranks.ts';
import type { ScoredRows } from './scored-rows.ts';

/** Rows from the lowest to the highest score, ready for weighting by day. Runs of equal scores end where `endsTie` is 1. */
interface SortedRows {
  readonly day: Int32Array;
  readonly label: Uint8Array;
  readonly endsTie: Uint8Array;
}

/**
 * ROC-AUC when whole days are weighted. The AUC is a sum over pairs (day of the positive, day of the negative), so that matrix is counted once and a replicate
 * costs days², not rows. With more day pairs than rows a replicate goes over the presorted rows instead: O(n).
 *
 * @param rows as `checkScoredRows` accepts; weights are not read
 */
export function dayWeightedRocAuc(rows: ScoredRows, days: DayIndex): DayStatistic {
  const sorted = sortRows(rows, days);
  return days.dayCount ** 2 <= sorted.day.length ? rocAucByDayPairs(sorted, days.dayCount) : rocAucByRows(sorted);
}

function rocAucByDayPairs(sorted: SortedRows, dayCount: number): DayStatistic {
  const wins = new Float64Array(dayCount * dayCount);
  const positivesOfDay = new Float64Array(dayCount);
  const negativesBelow = new Float64Array(dayCount);
  const tiedNegatives = new Float64Array(dayCount);
  const { day, label, endsTie } = sorted;
  for (let start = 0; start < day.length; ) {
    let end = start;
    tiedNegatives.fill(0);
    for (let more = true; more; end++) {
      const at = day[end] ?? 0;
      if (label[end] === 0) tiedNegatives[at] = (tiedNegatives[at] ?? 0) + 0.5;
      more = endsTie[end] === 0;
    }
    for (let row = start; row < end; row++) {
      if (label[row] === 0) continue;
      const at = day[row] ?? 0;
      positivesOfDay[at] = (positivesOfDay[at] ?? 0) + 1;
      const cell = at * dayCount;
      for (let other = 0; other < dayCount; other++) {
        wins[cell + other] = (wins[cell + other] ?? 0) + (negativesBelow[other] ?? 0) + (tiedNegatives[other] ?? 0);
      }
    }
    for (let other = 0; other < dayCount; other++) negativesBelow[other] = (negativesBelow[other] ?? 0) + 2 * (tiedNegatives[other] ?? 0);
    start = end;
  }
  return (weights) => {
    let weightedWins = 0;
    let positives = 0;
    let negatives = 0;
    for (let at = 0; at < dayCount; at++) {
      const weight = weights[at] ?? 0;
      positives += weight * (positivesOfDay[at] ?? 0);
      negatives += weight * (negativesBelow[at] ?? 0);
      if (weight === 0) continue;
      let sum = 0;
      for (let other = 0; other < dayCount; other++) sum += (weights[other] ?? 0) * (wins[at * dayCount + other] ?? 0);
      weightedWins += weight * sum;
    }
    const pairs = positives * negatives;
    return pairs === 0 ? Number.NaN : weightedWins / pairs;
  };
}

function rocAucByRows({ day, label, endsTie }: SortedRows): DayStatistic {
  return (weights) => {
    let wins = 0;
    let positives = 0;
    let negativesBelow = 0;
    let tiedPositives = 0;
    let tiedNegatives = 0;
    for (let row = 0; row < day.length; row++) {
      const weight = weights[day[row] ?? 0] ?? 0;
      if (label[row] === 1) tiedPositives += weight;
      else tiedNegatives += weight;
      if (endsTie[row] === 0) continue;
      wins += tiedPositives * (negativesBelow + tiedNegatives / 2);
      positives += tiedPositives;
      negativesBelow += tiedNegatives;
      tiedPositives = 0;
      tiedNegatives = 0;
    }
    const pairs = positives * negativesBelow;
    return pairs === 0 ? Number.NaN : wins / pairs;
  };
}

/** Average precision when whole days are weighted; O(n) a replicate over presorted rows. Parameters as `dayWeightedRocAuc`. */
export function dayWeightedPrAuc(rows: ScoredRows, days: DayIndex): DayStatistic {
  const { day, label, endsTie } = sortRows(rows, days);
  // From the top: a run of equal scores begins where the row below it ends one.
  return (weights) => {
    let positives = 0;
    let predicted = 0;
    let tiedPositives = 0;
    let sum = 0;
    for (let row = day.length - 1; row >= 0; row--) {
      const weight = weights[day[row] ?? 0] ?? 0;
      predicted += weight;
      if (label[row] === 1) tiedPositives += weight;
      if (tiedPositives === 0 || (row > 0 && endsTie[row - 1] === 0)) continue;
      positives += tiedPositives;
      sum += tiedPositives * (positives / predicted);
      tiedPositives = 0;
    }
    return positives === 0 ? Number.NaN : sum / positives;
  };
}

function sortRows({ labels, scores }: ScoredRows, days: DayIndex): SortedRows {
  const order = ascendingOrder(scores);
  const day = order.map((row) => days.index[row] ?? 0);
  const label = Uint8Array.from(order, (row) => labels[row] ?? 0);
  const endsTie = Uint8Array.from(order, (row, place) => (scores[row] === scores[order[place + 1] ?? -1] ? 0 : 1));
  return { day, label, endsTie };
}
