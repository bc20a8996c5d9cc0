import { differencesOfDraws } from '../metrics/classification-differences.ts';
import { drawMetrics, mapMetrics, type MetricDraws } from '../metrics/classification-metrics.ts';
import type { MetricName } from '../metrics/day-weighted-metrics.ts';
import { thresholdOfRow } from '../metrics/scored-rows.ts';
import { delongDifference } from '../statistics/delong.ts';
import { mcnemar } from '../statistics/mcnemar.ts';
import type { Answers } from './answers.ts';
import { type Estimate, finite, toEstimate } from './estimate.ts';
import type { EvaluationCurves } from './curves.ts';
import type { HoldoutUse } from './holdout-ledger.ts';
import type { RobustnessEvaluation } from './robustness/robustness-evaluation.ts';
import type { SliceComparison } from './slice-comparison.ts';
import { evaluateSlices, type SliceDefinition, type SliceEvaluation } from './slices.ts';

export interface BaselineAnswers extends Answers {
  /** E.g. "rule" or "logistic-regression". */
  readonly name: string;
  /** For people, e.g. "departure_delay > 15". */
  readonly title: string;
  /** False: the scores only rank, so scores of probabilities (Brier, log-loss, calibration) are null. */
  readonly probabilities: boolean;
}

export interface EvaluationInput {
  /** 0 or 1 per row. */
  readonly labels: Uint8Array;
  /** UTC day number per row. */
  readonly days: Int32Array;
  readonly candidate: Answers;
  readonly champion: Answers | undefined;
  readonly baselines: readonly BaselineAnswers[];
  readonly slices: readonly SliceDefinition[];
  readonly comparison: SliceComparison;
  readonly replicates: number;
  readonly seed: string;
}

/** Everything about the decision that the same input always gives; plain JSON, the content of evaluation.json. */
export interface Evaluation {
  readonly schema: 'taxiway/evaluation/v1';
  readonly rows: number;
  readonly positives: number;
  readonly days: number;
  readonly candidate: Readonly<Record<MetricName, Estimate>>;
  readonly champion?: Readonly<Record<MetricName, Estimate>>;
  /** Candidate − champion on the same rows. */
  readonly differences?: Readonly<Record<MetricName, Estimate>>;
  /** Tests that assume independent rows: reported, never decisive. */
  readonly tests?: {
    readonly mcnemar: { readonly method: string; readonly discordant: number; readonly pValue: number };
    readonly delong: { readonly difference: number | null; readonly pValue: number | null };
  };
  readonly baselines: readonly { readonly name: string; readonly title: string; readonly metrics: Readonly<Record<MetricName, Estimate>> }[];
  readonly slices: readonly SliceEvaluation[];
  readonly curves?: EvaluationCurves;
  /** What small lies, gaps and storms cost; where the pipeline asks for it. */
  readonly robustness?: RobustnessEvaluation;
  /** How often these test rows have decided before; where the pipeline sets a budget. */
  readonly holdout?: HoldoutUse;
}

/** All models on the same rows, each at its own threshold. Deterministic: seeded, no clock. */
export function evaluate(input: EvaluationInput): Evaluation {
  const { labels, days, candidate, champion, replicates, seed } = input;
  const draw = ({ scores, threshold }: Answers): Draws => drawMetrics({ labels, scores, threshold, days, seed, replicates });
  // Each model is drawn once; the same seed draws the same days for all, so their differences are paired.
  const candidateDraws = draw(candidate);
  return {
    schema: 'taxiway/evaluation/v1',
    rows: labels.length,
    positives: labels.reduce((sum, label) => sum + label, 0),
    days: new Set(days).size,
    candidate: estimatesOf(candidateDraws),
    ...(champion === undefined ? {} : compare({ labels, candidate, champion }, { candidate: candidateDraws, champion: draw(champion) })),
    baselines: input.baselines.map((baseline) => ({ name: baseline.name, title: baseline.title, metrics: onlyRanking(baseline, estimatesOf(draw(baseline))) })),
    slices: evaluateSlices(input),
  };
}

type Draws = Record<MetricName, MetricDraws>;

function estimatesOf(draws: Draws): Record<MetricName, Estimate> {
  return mapMetrics((name) => toEstimate(draws[name]));
}

const ofProbabilities: readonly MetricName[] = ['brier', 'logLoss', 'expectedCalibrationError'];

function onlyRanking({ probabilities }: BaselineAnswers, metrics: Record<MetricName, Estimate>): Record<MetricName, Estimate> {
  if (probabilities) return metrics;
  return mapMetrics((name) => (ofProbabilities.includes(name) ? { ...metrics[name], value: null, interval: null } : metrics[name]));
}

interface Compared {
  readonly labels: Uint8Array;
  readonly candidate: Answers;
  readonly champion: Answers;
}

function compare({ labels, candidate, champion }: Compared, draws: { candidate: Draws; champion: Draws }): Required<Pick<Evaluation, 'champion' | 'differences' | 'tests'>> {
  const differences = differencesOfDraws(draws.candidate, draws.champion);
  let onlyChallenger = 0;
  let onlyChampion = 0;
  for (let row = 0; row < labels.length; row++) {
    const challengerRight = isRight(candidate, labels, row);
    const championRight = isRight(champion, labels, row);
    if (challengerRight && !championRight) onlyChallenger++;
    if (championRight && !challengerRight) onlyChampion++;
  }
  const delong = delongDifference(labels, candidate.scores, champion.scores);
  return {
    champion: estimatesOf(draws.champion),
    differences: mapMetrics((name) => toEstimate(differences[name])),
    tests: {
      mcnemar: mcnemar(onlyChallenger, onlyChampion),
      delong: { difference: finite(delong.difference), pValue: finite(delong.pValue) },
    },
  };
}

function isRight(answers: Answers, labels: ArrayLike<number>, row: number): boolean {
  return (answers.scores[row] ?? Number.NaN) >= thresholdOfRow(answers.threshold, row) === (labels[row] === 1);
}
