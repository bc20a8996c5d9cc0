import type { Artifact } from '../artifacts/artifact.ts';
import { canonicalJson, type Json } from '../artifacts/canonical-json.ts';
import { type Digest, digestOf, shortDigest } from '../artifacts/digest.ts';
import { readParquet } from '../data/read-parquet.ts';
import { snapshotFiles } from '../data/snapshot-files.ts';
import { quoteIdentifier, timestampLiteral } from '../data/sql-text.ts';
import type { Table } from '../data/table.ts';
import { readModelThreshold } from '../delaynet/model-description.ts';
import { UserError } from '../errors.ts';
import { numberColumn } from '../features/column-values.ts';
import { scoreBaselines } from '../gate/baselines.ts';
import { type Candidate, readCandidate } from '../gate/candidate.ts';
import { decideGate } from '../gate/decide.ts';
import { evaluate, type Evaluation } from '../gate/evaluation.ts';
import { evaluationCharts, evaluationFigures } from '../gate/evaluation-charts.ts';
import { checkSigningKey, evidenceKey, type EvidenceStatement, signEvidence } from '../gate/evidence.ts';
import { writeGateVerdict } from '../gate/gate-verdict.ts';
import { clientColumns, goldenRequests } from '../gate/golden-requests.ts';
import { type LatencyMeasurement, measureLatency, type Stopwatch } from '../gate/latency.ts';
import { type ModelScorer, openScorer } from '../gate/model-scorer.ts';
import { sliceDefinitions } from '../gate/slice-definitions.ts';
import { dayStart } from '../pipeline/training-window.ts';
import type { ModelRegistry } from '../ports/model-registry.ts';
import type { TrainingEngine } from '../ports/training-engine.ts';
import { formatCount, formatEstimate, formatNumber } from '../report/format-number.ts';
import { utcDays } from '../statistics/day-index.ts';
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

interface Champion {
  readonly version: number;
  readonly digest: Digest;
  readonly candidate: Candidate;
}

/** Judges a candidate on its test window, beside the champion and the baselines, on the same rows. A refusal is a verdict, not an error. */
export async function evaluateGate(inputs: EvaluateGateInputs, context: StepContext & EvaluateGatePorts): Promise<StepResult<EvaluateGateOutputs>> {
  const { artifacts, logger, pipeline } = context;
  const { definition } = pipeline;
  checkSigningKey(inputs.signingKey);
  const candidate = await readCandidate(artifacts, inputs.candidate);
  // The gate judges with the one, the service answers with the other.
  if (readModelThreshold(candidate.model) !== candidate.metadata.threshold) {
    throw new UserError('artifact-corrupt', `candidate ${inputs.candidate}: its model and its metadata name different thresholds`, { hint: 'Train again.' });
  }
  const champion = await readChampion(inputs, context);
  const table = await readTestRows(candidate, context);
  logger.info(`${formatCount(table.rows)} test rows from ${candidate.metadata.window.test.from} to ${candidate.metadata.window.test.to}`);

  const scorer = await openScorer(candidate.model, context.engine);
  const championScorer = champion === undefined ? undefined : await openScorer(champion.candidate.model, context.engine);
  let scored: Scored;
  try {
    scored = await scoreAll({ candidate, champion, table, scorer, championScorer }, context);
  } finally {
    await scorer.release();
    await championScorer?.release();
  }

  const checks = [...pipelineCheck(candidate, pipeline.digest), ...decideGate(definition.gate, scored), ...evaluationFigures(scored.evaluation)];
  const outcome = concludeChecks(checks);
  const evaluation = await writeEvaluation({ candidate, champion, table, outcome, scored }, context);
  const statement: EvidenceStatement = {
    schema: 'taxiway/evidence/v1',
    evaluation: evaluation.digest,
    candidate: inputs.candidate,
    model: candidate.metadata.modelDigest,
    dataset: candidate.dataset,
    pipeline: pipeline.digest,
    code: context.code,
    outcome,
    ...(champion === undefined ? {} : { championVersion: champion.version }),
  };
  const evidence = await writeEvidence(statement, inputs.signingKey, context);
  const notes = [
    ...(champion === undefined ? ['First run: no champion is live, so the change checks are skipped; the value checks count.'] : []),
    ...(inputs.signingKey === undefined ? ['No signing key was given: the evidence is unsigned, and register will refuse it.'] : []),
  ];
  const verdict = buildVerdict(context, {
    step: 'evaluate-gate',
    verdict: outcome,
    summary: summarize(scored.evaluation, outcome, champion),
    subjects: {
      in: { candidate: inputs.candidate, dataset: candidate.dataset, ...(champion === undefined ? {} : { champion: `version ${champion.version}` }) },
      out: { evaluation: evaluation.digest },
    },
    checks,
    charts: evaluationCharts(scored.evaluation),
    notes,
  });
  await writeGateVerdict(context.store, evaluation.digest, verdict);
  return { verdict, outputs: { evaluation: evaluation.digest, outcome, evidence } };
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

async function readChampion({ championEnvironment }: EvaluateGateInputs, { registry, artifacts }: StepContext & EvaluateGatePorts): Promise<Champion | undefined> {
  if (championEnvironment === undefined) return undefined;
  const live = await registry.live(championEnvironment);
  if (live === undefined) return undefined;
  const version = await registry.version(live.version);
  if (version === undefined) {
    throw new UserError('artifact-missing', `version ${live.version} is live in ${championEnvironment} but not in the registry`, { hint: 'Repair the registry before judging against it.' });
  }
  return { version: version.version, digest: version.candidate, candidate: await readCandidate(artifacts, version.candidate) };
}

async function readTestRows(candidate: Candidate, { artifacts, pipeline, native }: StepContext): Promise<Table> {
  const { definition } = pipeline;
  const { dataset, label } = definition.data;
  const snapshot = await artifacts.read('clean-snapshot', candidate.dataset);
  const { from, to } = candidate.metadata.window.test;
  const columns = [...new Set([...clientColumns(definition), ...dataset.key, dataset['event-time'], label.column, ...definition.gate.slices.map(({ column }) => column)])];
  const time = quoteIdentifier(dataset['event-time']);
  const paths = (await snapshotFiles(artifacts, snapshot)).map(({ path }) => path);
  return readParquet(native, paths, {
    columns,
    where: `(${definition['scored-rows']}) AND ${time} >= ${timestampLiteral(dayStart(from))} AND ${time} < ${timestampLiteral(dayStart(to))} AND ${quoteIdentifier(label.column)} IS NOT NULL`,
    orderBy: [dataset['event-time'], ...dataset.key.filter((name) => name !== dataset['event-time'])],
  });
}

interface Scored {
  readonly evaluation: Evaluation;
  readonly latency: LatencyMeasurement | undefined;
  readonly scores: Float64Array;
  readonly championScores: Float64Array | undefined;
}

interface Models {
  readonly candidate: Candidate;
  readonly champion: Champion | undefined;
  readonly table: Table;
  readonly scorer: ModelScorer;
  readonly championScorer: ModelScorer | undefined;
}

async function scoreAll({ candidate, champion, table, scorer, championScorer }: Models, context: StepContext & EvaluateGatePorts): Promise<Scored> {
  const { data, gate, training } = context.pipeline.definition;
  const scores = await scorer.score(table);
  const championScores = await championScorer?.score(table);
  const evaluation = evaluate({
    labels: Uint8Array.from(numberColumn(table, data.label.column)),
    days: utcDays(numberColumn(table, data.dataset['event-time'])),
    candidate: { scores, threshold: candidate.metadata.threshold },
    champion: championScores === undefined || champion === undefined ? undefined : { scores: championScores, threshold: champion.candidate.metadata.threshold },
    baselines: await scoreBaselines(training.baselines, table, { candidate, artifacts: context.artifacts, engine: context.engine }),
    slices: sliceDefinitions(gate.slices, table),
    replicates: gate.bootstrap.replicates,
    seed: `gate/${candidate.metadata.window.test.from}`,
  });
  const latency = await measureLatency({ candidate: scorer, champion: championScorer, table, stopwatch: context.stopwatch });
  return { evaluation, latency, scores, championScores };
}

interface EvaluationParts {
  readonly candidate: Candidate;
  readonly champion: Champion | undefined;
  readonly table: Table;
  readonly outcome: Outcome;
  readonly scored: Scored;
}

async function writeEvaluation({ candidate, champion, table, outcome, scored }: EvaluationParts, { artifacts, pipeline, code }: StepContext): Promise<Artifact> {
  const golden = goldenRequests({
    table,
    definition: pipeline.definition,
    scores: scored.scores,
    champion: champion === undefined || scored.championScores === undefined ? undefined : { scores: scored.championScores, threshold: champion.candidate.metadata.threshold },
    threshold: candidate.metadata.threshold,
    count: pipeline.definition.gate['golden-requests'],
  });
  // Latency differs from run to run and stays in the verdict, so that the same rows and models always give the same digest.
  return artifacts.write({
    kind: 'evaluation',
    files: { 'evaluation.json': encode(scored.evaluation), 'golden.json': encode(golden) },
    parents: { candidate: candidate.artifact.digest, dataset: candidate.dataset, ...(champion === undefined ? {} : { champion: champion.digest }) },
    // Another release judges anew: its evidence stands beside this one's, under which versions may already be registered.
    metadata: { outcome, modelDigest: digestOf(candidate.model), pipeline: pipeline.digest, code },
  });
}

/** Evaluation and golden requests are plain JSON by construction; canonical JSON throws on the NaN that types cannot rule out. */
function encode(value: object): Uint8Array {
  return Buffer.from(canonicalJson(value as Json));
}

/** The same statement again changes nothing; a key that was missing or rotated replaces the signature, never the statement. */
async function writeEvidence(statement: EvidenceStatement, signingKey: string | undefined, { store }: StepContext): Promise<string> {
  const key = evidenceKey(statement.evaluation);
  const body = Buffer.from(canonicalJson(signEvidence(statement, signingKey)));
  if ((await store.create(key, body)) === 'created') return key;
  const stored = await store.read(key);
  if (signingKey !== undefined && stored !== undefined && !body.equals(stored.body)) await store.replace(key, body, stored.etag);
  return key;
}

function summarize({ candidate, baselines, differences }: Evaluation, outcome: Outcome, champion: Champion | undefined): string {
  const word = { pass: 'Passed', fail: 'Refused', inconclusive: 'Undecided' }[outcome];
  if (differences === undefined || champion === undefined) {
    const beside = baselines.map(({ title, metrics }) => `${title} ${[metrics.accuracy, metrics.recall, metrics.rocAuc].map(({ value }) => formatNumber(value)).join(' / ')}`);
    const [accuracy, recall, rocAuc] = [candidate.accuracy, candidate.recall, candidate.rocAuc].map(({ value, interval }) => formatEstimate(value, interval));
    const found = `${word}: accuracy ${accuracy}, recall ${recall}, ROC-AUC ${rocAuc}`;
    return beside.length === 0 ? found : `${found}; on the same rows ${beside.join(', ')}`;
  }
  const { accuracy, recall } = differences;
  return `${word} against version ${champion.version} (${shortDigest(champion.digest)}): accuracy ${formatEstimate(accuracy.value, accuracy.interval, true)}, recall ${formatEstimate(recall.value, recall.interval, true)}`;
}
