import type { Digest } from '../artifacts/digest.ts';
import type { LoadedPipeline } from '../pipeline/load-pipeline.ts';
import type { EvaluationPage } from '../report/html-evaluation.ts';
import type { Check, Outcome } from '../verdict/verdict.ts';
import type { Evaluation } from './evaluation.ts';
import { summarizeGate } from './gate-summary.ts';
import type { JudgedModels } from './judge-models.ts';

export interface DescribedGate extends JudgedModels {
  readonly evaluation: Evaluation;
  readonly outcome: Outcome;
  readonly checks: readonly Check[];
  readonly notes: readonly string[];
}

/** What the page of an evaluation shows, and exactly what was judged by which code. */
export function describeEvaluation(gate: DescribedGate, { pipeline, code }: { readonly pipeline: LoadedPipeline; readonly code: Digest }): EvaluationPage {
  const { candidate, champion, evaluation, outcome, checks, notes } = gate;
  return {
    title: `evaluate-gate: ${pipeline.definition.name}`,
    summary: summarizeGate(evaluation, outcome, champion),
    outcome,
    checks,
    evaluation,
    gate: pipeline.definition.gate,
    threshold: candidate.metadata.threshold,
    lineage: {
      candidate: candidate.artifact.digest,
      'model.onnx': candidate.metadata.modelDigest,
      dataset: candidate.dataset,
      ...(champion === undefined ? {} : { champion: `version ${champion.version}, ${champion.digest}` }),
      ...(evaluation.holdout === undefined ? {} : { 'test rows': evaluation.holdout.digest }),
      'test window': `${candidate.metadata.window.test.from} to ${candidate.metadata.window.test.to}, exclusive`,
      pipeline: pipeline.digest,
      code,
    },
    notes,
  };
}

/** The part that the same rows and models always give: how fast a machine was on one day is not kept with the evaluation. */
export function withoutLatency(page: EvaluationPage): EvaluationPage {
  return {
    ...page,
    checks: page.checks.filter(({ id }) => !id.startsWith('latency')),
    notes: ['Latency was asked, too; it differs from run to run and stands in the verdict.'],
  };
}
