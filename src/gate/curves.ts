import { reliabilityCurve, type ReliabilityPoint } from '../metrics/reliability-curve.ts';
import { thresholdOfRow } from '../metrics/scored-rows.ts';
import { thresholdSweep, type ThresholdSweep } from '../metrics/threshold-sweep.ts';
import type { Answers } from './answers.ts';
import { keepBends, type CurvePoint } from './keep-bends.ts';

/** The curves of one evaluation: plain JSON, part of evaluation.json. The same rows and answers give the same bytes. */
export interface EvaluationCurves {
  /** Candidate, then champion where there is one, then baselines. */
  readonly models: readonly ModelCurves[];
  /** Score histogram of the candidate by class, over bins of equal width on [0, 1]. */
  readonly histogram: ScoreHistogram;
  /** What the candidate would do with one threshold for all rows, ascending. */
  readonly thresholds: readonly ThresholdFigures[];
}

export interface ModelCurves {
  /** `candidate`, `champion` or the baseline's name. */
  readonly name: string;
  readonly title: string;
  /** [false-positive rate, true-positive rate] from (0, 0) to (1, 1); [] unless both classes are there. */
  readonly roc: readonly CurvePoint[];
  /** [recall, precision] by rising recall; [] without positives. */
  readonly precisionRecall: readonly CurvePoint[];
  /** [] where the scores are no probabilities. */
  readonly reliability: readonly ReliabilityPoint[];
  /** Where the model's own threshold stands on its curves; a rate without rows is null. */
  readonly operatingPoint: { readonly falsePositiveRate: number | null; readonly recall: number | null; readonly precision: number | null };
}

export interface ScoreHistogram {
  /** Width of a bin; bin i holds scores in [i · width, (i + 1) · width), the last one also 1. */
  readonly width: number;
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
}

export interface ThresholdFigures {
  readonly threshold: number;
  readonly accuracy: number | null;
  readonly recall: number | null;
  /** null where nothing is predicted positive. */
  readonly precision: number | null;
}

export interface CurvesInput {
  readonly labels: Uint8Array;
  readonly candidate: Answers;
  readonly champion: Answers | undefined;
  readonly baselines: readonly (Answers & { readonly name: string; readonly title: string; readonly probabilities: boolean })[];
}

export const maximumCurvePoints = 200;
const histogramBins = 25;
const sweepSteps = 50;

/**
 * ROC, precision–recall and reliability curves of every model, and the candidate's score histogram and threshold sweep. Curves are thinned to at most
 * 200 points, kept where they bend; all figures are rounded to the fifth decimal, far below what a plot shows.
 * @throws RangeError for scores that are NaN, or no probabilities where they must be: a caller's mistake
 */
export function evaluationCurves({ labels, candidate, champion, baselines }: CurvesInput): EvaluationCurves {
  const sweep = thresholdSweep({ labels, scores: candidate.scores });
  const others = [
    ...(champion === undefined ? [] : [{ ...champion, name: 'champion', title: 'champion', probabilities: true }]),
    ...baselines,
  ];
  return {
    models: [
      modelCurves(labels, { ...candidate, name: 'candidate', title: 'candidate', probabilities: true }, sweep),
      ...others.map((model) => modelCurves(labels, model, thresholdSweep({ labels, scores: model.scores }))),
    ],
    histogram: scoreHistogram(labels, candidate.scores),
    thresholds: Array.from({ length: sweepSteps - 1 }, (_, step) => figuresAt(sweep, (step + 1) / sweepSteps)),
  };
}

function modelCurves(labels: Uint8Array, model: CurvesInput['baselines'][number], sweep: ThresholdSweep): ModelCurves {
  const { positives, negatives, truePositives, falsePositives } = sweep;
  const points = (x: (at: number) => number, y: (at: number) => number): CurvePoint[] => Array.from(truePositives, (_, at): CurvePoint => [x(at), y(at)]);
  const recall = (at: number): number => (truePositives[at] ?? 0) / positives;
  const precision = (at: number): number => (truePositives[at] ?? 0) / ((truePositives[at] ?? 0) + (falsePositives[at] ?? 0));
  const roc = positives === 0 || negatives === 0 ? [] : [[0, 0] as CurvePoint, ...points((at) => (falsePositives[at] ?? 0) / negatives, recall)];
  const reliability = model.probabilities ? reliabilityCurve({ labels, scores: model.scores }) : [];
  return {
    name: model.name,
    title: model.title,
    roc: keepBends(roc, maximumCurvePoints).map(roundPoint),
    precisionRecall: keepBends(positives === 0 ? [] : points(recall, precision), maximumCurvePoints).map(roundPoint),
    reliability: reliability.map((point) => ({
      meanScore: round(point.meanScore),
      positiveRate: round(point.positiveRate),
      interval: roundPoint(point.interval),
      sampleSize: point.sampleSize,
    })),
    operatingPoint: operatingPoint(labels, model, sweep),
  };
}

function operatingPoint(labels: Uint8Array, { scores, threshold }: Answers, { positives, negatives }: ThresholdSweep): ModelCurves['operatingPoint'] {
  let hits = 0;
  let falseAlarms = 0;
  labels.forEach((label, row) => {
    if (!((scores[row] ?? Number.NaN) >= thresholdOfRow(threshold, row))) return;
    if (label === 1) hits++;
    else falseAlarms++;
  });
  return { falsePositiveRate: ratio(falseAlarms, negatives), recall: ratio(hits, positives), precision: ratio(hits, hits + falseAlarms) };
}

function scoreHistogram(labels: Uint8Array, scores: Answers['scores']): ScoreHistogram {
  const counts = [new Array<number>(histogramBins).fill(0), new Array<number>(histogramBins).fill(0)] as const;
  labels.forEach((label, row) => {
    const bin = Math.min(histogramBins - 1, Math.floor((scores[row] ?? 0) * histogramBins));
    const side = counts[label === 1 ? 1 : 0];
    side[bin] = (side[bin] ?? 0) + 1;
  });
  return { width: 1 / histogramBins, negatives: counts[0], positives: counts[1] };
}

/** The last distinct score that is still at or above the threshold: scores descend along the sweep. */
function figuresAt({ thresholds, truePositives, falsePositives, positives, negatives }: ThresholdSweep, threshold: number): ThresholdFigures {
  let [low, high] = [0, thresholds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((thresholds[middle] ?? 0) >= threshold) low = middle + 1;
    else high = middle;
  }
  const hits = truePositives[low - 1] ?? 0;
  const falseAlarms = falsePositives[low - 1] ?? 0;
  return {
    threshold,
    accuracy: ratio(hits + negatives - falseAlarms, positives + negatives),
    recall: ratio(hits, positives),
    precision: ratio(hits, hits + falseAlarms),
  };
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : round(part / whole);
}

function roundPoint([x, y]: readonly [number, number]): [number, number] {
  return [round(x), round(y)];
}

function round(value: number): number {
  return Number(value.toFixed(5));
}
