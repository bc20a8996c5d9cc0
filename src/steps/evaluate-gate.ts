import { type Digest, shortDigest } from '../artifacts/digest.ts';
import { readModelThreshold } from '../delaynet/model-description.ts';
import { UserError } from '../errors.ts';
import { type Candidate, readCandidate } from '../gate/candidate.ts';
import { lackingNote } from '../gate/champion-inputs.ts';
import { type Champion, readChampion } from '../gate/champion.ts';
import { describeLooks, readCommittedLooks } from '../gate/committed-looks.ts';
import { decideGate } from '../gate/decide.ts';
import { describeEvaluation, withoutLatency } from '../gate/describe-evaluation.ts';
import type { Evaluation } from '../gate/evaluation.ts';
import { evaluationCharts, evaluationFigures } from '../gate/evaluation-charts.ts';
import { writeEvaluation, writeEvidence } from '../gate/evaluation-record.ts';
import { checkSigningKey, type EvidenceStatement } from '../gate/evidence.ts';
import { writeGateVerdict } from '../gate/gate-verdict.ts';
import { recordHoldoutUse, testRowsDigest } from '../gate/holdout-ledger.ts';
import { type JudgedModels, judgeModels } from '../gate/judge-models.ts';
import type { Stopwatch } from '../gate/latency.ts';
import { lineageCheck } from '../gate/lineage-check.ts';
import { readTestRows } from '../gate/test-rows.ts';
import { unknownCategoryChecks } from '../gate/unknown-category-checks.ts';
import type { ModelRegistry } from '../ports/model-registry.ts';
import type { TrainingEngine } from '../ports/training-engine.ts';
import { formatCount } from '../report/format-number.ts';
import { renderEvaluationPage } from '../report/html-evaluation.ts';
import { type Check, concludeChecks, type Outcome } from '../verdict/verdict.ts';
import { buildVerdict, type StepContext, type StepResult } from './step.ts';

export interface EvaluateGateInputs {
  readonly candidate: Digest;
  /** Whose live version is the champion; undefined judges without one. Nothing live there: a first run. */
  readonly championEnvironment: string | undefined;
  /** Ed25519 private key as PEM. Without it the evidence is unsigned and nothing can be registered from it. */
  readonly signingKey: string | undefined;
}

export interface EvaluateGatePorts {
  readonly registry: ModelRegistry;
  readonly engine: TrainingEngine;
  readonly stopwatch: Stopwatch;
}

export interface EvaluateGateOutputs extends Record<string, string> {
  readonly evaluation: Digest;
  readonly outcome: Outcome;
  /** Store key of the evidence. */
  readonly evidence: string;
}

type GateContext = StepContext & EvaluateGatePorts;

/** Judges a candidate on its test window, beside the champion and the baselines, on the same rows. A refusal is a verdict, not an error. */
export async function evaluateGate(inputs: EvaluateGateInputs, context: GateContext): Promise<StepResult<EvaluateGateOutputs>> {
  const { artifacts, logger, pipeline } = context;
  const { definition } = pipeline;
  checkSigningKey(inputs.signingKey);
  const candidate = await readCandidate(artifacts, inputs.candidate);
  // The gate judges with the one, the service answers with the other.
  if (readModelThreshold(candidate.model) !== candidate.metadata.threshold) {
    throw new UserError('artifact-corrupt', `candidate ${inputs.candidate}: its model and its metadata name different thresholds`, { hint: 'Train again.' });
  }
  const champion = await readChampion(inputs.championEnvironment, context);
  const { table, lacking } = await readTestRows(candidate, { ...context, definition, champion: champion?.candidate });
  const { test } = candidate.metadata.window;
  logger.info(`${formatCount(table.rows)} test rows from ${test.from} to ${test.to}`);

  const models: JudgedModels = { candidate, champion, table };
  const judged = await judgeModels(models, { ...context, definition });
  const evaluation: Evaluation = { ...judged.evaluation, ...(await holdoutUse(models, context)) };
  const checks = [
    ...pipelineCheck(candidate, pipeline.digest),
    ...(await lineageCheck(candidate, { ...context, pipeline: definition.name })),
    ...decideGate(definition.gate, { evaluation, latency: judged.latency }),
    ...unknownCategoryChecks(candidate.model, table),
    ...evaluationFigures(evaluation),
  ];
  const outcome = concludeChecks(checks);
  const notes = [...lackingNote(lacking), ...(await notesOn({ inputs, candidate, champion, evaluation }, context))];
  const page = describeEvaluation({ ...models, evaluation, outcome, checks, notes }, context);
  const artifact = await writeEvaluation({ ...models, ...judged, evaluation, outcome, page: renderEvaluationPage(withoutLatency(page)) }, context);
  const statement: EvidenceStatement = {
    schema: 'taxiway/evidence/v1',
    evaluation: artifact.digest,
    candidate: inputs.candidate,
    model: candidate.metadata.modelDigest,
    dataset: candidate.dataset,
    pipeline: pipeline.digest,
    code: context.code,
    outcome,
    ...(champion === undefined ? {} : { championVersion: champion.version }),
  };
  const evidence = await writeEvidence(statement, inputs.signingKey, context.store);
  const verdict = buildVerdict(context, {
    step: 'evaluate-gate',
    verdict: outcome,
    summary: page.summary,
    subjects: {
      in: { candidate: inputs.candidate, dataset: candidate.dataset, ...(champion === undefined ? {} : { champion: `version ${champion.version}` }) },
      out: { evaluation: artifact.digest },
    },
    checks,
    charts: evaluationCharts(evaluation),
    notes,
  });
  await writeGateVerdict(context.store, artifact.digest, verdict);
  return { verdict, outputs: { evaluation: artifact.digest, outcome, evidence }, page: renderEvaluationPage(page) };
}

/** Written down before the decision is known, so that no crash makes a look unseen. No rows: nothing was looked at. */
async function holdoutUse({ candidate, champion, table }: JudgedModels, { store, pipeline, asOf }: GateContext): Promise<Pick<Evaluation, 'holdout'>> {
  const { data, gate, name } = pipeline.definition;
  if (gate.holdout === undefined || table.rows === 0) return {};
  const testRows = testRowsDigest(table, { key: data.dataset.key, label: data.label.column });
  const earlier = await recordHoldoutUse(store, {
    pipeline: name,
    testRows,
    rows: table.rows,
    window: candidate.metadata.window.test,
    candidate: candidate.artifact.digest,
    champion: champion?.digest,
    looks: await readCommittedLooks(pipeline.folder),
    asOf,
  });
  return { holdout: { digest: testRows, earlier, budget: gate.holdout.budget } };
}

interface Noted {
  readonly inputs: EvaluateGateInputs;
  readonly candidate: Candidate;
  readonly champion: Champion | undefined;
  readonly evaluation: Evaluation;
}

async function notesOn({ inputs, candidate, champion, evaluation }: Noted, { pipeline }: GateContext): Promise<string[]> {
  const looks = describeLooks(await readCommittedLooks(pipeline.folder), candidate.metadata.window.test);
  return [
    ...(champion === undefined ? ['First run: no champion is live, so the change checks are skipped; the value checks count.'] : []),
    ...(inputs.signingKey === undefined ? ['No signing key was given: the evidence is unsigned, and register will refuse it.'] : []),
    ...(evaluation.robustness?.notes ?? []),
    ...(looks === undefined ? [] : [looks]),
  ];
}

/** A candidate is judged by the pipeline it was trained under: evidence about two different files would bind nothing. */
function pipelineCheck({ metadata }: Candidate, digest: Digest): Check[] {
  if (metadata.pipeline === digest) return [];
  return [
    {
      id: 'pipeline',
      title: 'Trained under this pipeline file',
      value: shortDigest(metadata.pipeline),
      threshold: shortDigest(digest),
      severity: 'error',
      verdict: 'inconclusive',
      message: 'the pipeline file has changed since this candidate was trained',
      remedy: 'Train again under the present pipeline file.',
    },
  ];
}
