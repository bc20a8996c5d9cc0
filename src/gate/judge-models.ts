import type { ArtifactRepository } from '../artifacts/artifact.ts';
import type { Table } from '../data/table.ts';
import { readModelDescription } from '../delaynet/model-description.ts';
import { numberColumn } from '../features/column-values.ts';
import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';
import type { TrainingEngine } from '../ports/training-engine.ts';
import { utcDays } from '../statistics/day-index.ts';
import { scoreBaselines } from './baselines.ts';
import type { Candidate } from './candidate.ts';
import type { Champion } from './champion.ts';
import { evaluationCurves } from './curves.ts';
import { evaluate, type Evaluation } from './evaluation.ts';
import { type LatencyMeasurement, measureLatency, type Stopwatch } from './latency.ts';
import { type ModelScorer, openScorer } from './model-scorer.ts';
import { evaluateRobustness, type RobustnessEvaluation, type RobustnessInput } from './robustness/robustness-evaluation.ts';
import type { TestedModel } from './robustness/tested-model.ts';
import { type OpenedWhiteBox, openWhiteBox } from './robustness/white-box.ts';
import { sliceComparison, sliceDefinitions } from './slice-definitions.ts';

export interface JudgedModels {
  readonly candidate: Candidate;
  readonly champion: Champion | undefined;
  /** The test rows. */
  readonly table: Table;
}

export interface JudgeContext {
  readonly definition: PipelineDefinition;
  readonly artifacts: ArtifactRepository;
  readonly engine: TrainingEngine;
  readonly stopwatch: Stopwatch;
}

export interface Judged {
  readonly evaluation: Evaluation;
  readonly latency: LatencyMeasurement | undefined;
  readonly scores: Float64Array;
  readonly championScores: Float64Array | undefined;
}

/** Everything that is measured of the exact model files on the test rows: metrics, slices, curves, robustness, latency. @throws UserError model-invalid, column-missing */
export async function judgeModels(models: JudgedModels, context: JudgeContext): Promise<Judged> {
  const { candidate, champion } = models;
  const scorer = await openScorer(candidate.model, context.engine);
  try {
    const championScorer = champion === undefined ? undefined : await openScorer(champion.candidate.model, context.engine);
    try {
      return await judgeOpened(models, { scorer, championScorer }, context);
    } finally {
      await championScorer?.release();
    }
  } finally {
    await scorer.release();
  }
}

interface Scorers {
  readonly scorer: ModelScorer;
  readonly championScorer: ModelScorer | undefined;
}

async function judgeOpened({ candidate, champion, table }: JudgedModels, { scorer, championScorer }: Scorers, context: JudgeContext): Promise<Judged> {
  const { artifacts, engine, stopwatch } = context;
  const { data, gate, training } = context.definition;
  const scores = await scorer.score(table);
  const championScores = await championScorer?.score(table);
  const labels = Uint8Array.from(numberColumn(table, data.label.column));
  const days = utcDays(numberColumn(table, data.dataset['event-time']));
  const answers = { scores, threshold: candidate.metadata.threshold };
  const championAnswers = championScores === undefined || champion === undefined ? undefined : { scores: championScores, threshold: champion.candidate.metadata.threshold };
  const baselines = await scoreBaselines(training.baselines, table, { candidate, artifacts, engine });
  const seed = `gate/${candidate.metadata.window.test.from}`;
  const evaluated = evaluate({
    labels,
    days,
    candidate: answers,
    champion: championAnswers,
    baselines,
    slices: sliceDefinitions(gate.slices, table),
    comparison: sliceComparison(gate),
    replicates: gate.bootstrap.replicates,
    seed,
  });
  const robustness = await tryRobustness({ candidate, champion }, context, {
    definition: context.definition,
    table,
    labels,
    days,
    candidate: { answers, scorer, columns: columnsOf(candidate) },
    champion: championAnswers === undefined || championScorer === undefined || champion === undefined ? undefined : { answers: championAnswers, scorer: championScorer, columns: columnsOf(champion.candidate) },
    replicates: gate.bootstrap.replicates,
    seed,
  });
  const latency = await measureLatency({ candidate: scorer, champion: championScorer, table, stopwatch });
  const evaluation = { ...evaluated, curves: evaluationCurves({ labels, candidate: answers, champion: championAnswers, baselines }), ...(robustness === undefined ? {} : { robustness }) };
  return { evaluation, latency, scores, championScores };
}

function columnsOf({ model }: Candidate): string[] {
  const { num, cat } = readModelDescription(model).inputs;
  return [...num, ...cat];
}

type RobustnessRows = Omit<RobustnessInput, 'section' | 'candidate' | 'champion'> & {
  readonly candidate: Omit<TestedModel, 'whiteBox'>;
  readonly champion: Omit<TestedModel, 'whiteBox'> | undefined;
};

async function tryRobustness({ candidate, champion }: Omit<JudgedModels, 'table'>, context: JudgeContext, rows: RobustnessRows): Promise<RobustnessEvaluation | undefined> {
  const section = context.definition.gate.robustness;
  if (section === undefined) return undefined;
  const open = async (model: Candidate): Promise<OpenedWhiteBox> => (section.attack === undefined ? 'no attack is asked for' : openWhiteBox(model, context));
  const whiteBox = await open(candidate);
  const championBox = champion === undefined ? undefined : await open(champion.candidate);
  try {
    return await evaluateRobustness({
      ...rows,
      section,
      candidate: { ...rows.candidate, whiteBox },
      champion: rows.champion === undefined || championBox === undefined ? undefined : { ...rows.champion, whiteBox: championBox },
    });
  } finally {
    for (const box of [whiteBox, championBox]) if (typeof box === 'object') await box.release();
  }
}
