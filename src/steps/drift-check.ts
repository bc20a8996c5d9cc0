import type { Table } from '../data/table.ts';
import { readCandidate } from '../gate/candidate.ts';
import { decideDrift, driftChecks, type DriftDecision } from '../drift/decide.ts';
import { detectFeatureDrift } from '../drift/feature-drift.ts';
import type { Finding } from '../drift/finding.ts';
import { type DriftRecord, driftChart, medianOfHistory, readDriftHistory, writeDriftRecord } from '../drift/history.ts';
import { joinLabels, type JoinedLabels } from '../drift/labels.ts';
import { detectPerformance, type PerformanceRows, selectRows } from '../drift/performance.ts';
import { detectPredictionDrift } from '../drift/prediction-drift.ts';
import { type PredictionRows, readPredictions } from '../drift/predictions.ts';
import { featureColumns, parseReferenceProfile, type ReferenceProfile } from '../drift/reference-profile.ts';
import { handleAlarm, type IncidentAnswer, type IncidentPorts, recoverIncident } from '../drift/respond.ts';
import { detectService, observeService } from '../drift/service.ts';
import { detectSkew } from '../drift/skew.ts';
import { type DriftWindow, driftWindow } from '../drift/windows.ts';
import { UserError } from '../errors.ts';
import { dayOf } from '../pipeline/training-window.ts';
import type { MetricSource } from '../ports/metric-source.ts';
import type { ModelRegistry, VersionRecord } from '../ports/model-registry.ts';
import { formatCount } from '../report/format-number.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { buildVerdict, type StepContext, type StepResult } from './step.ts';

export interface DriftCheckInputs {
  readonly environment: string;
  /** Folder of the pipeline in the repository, e.g. pipelines/flight-delay. */
  readonly pipelinePath: string;
}

export interface DriftCheckPorts extends IncidentPorts {
  readonly registry: ModelRegistry;
  readonly metrics: MetricSource;
  /** Rows of the dataset whose event time lies in [from, to), as known at asOf; times in milliseconds. */
  readonly queryDataset: (request: { from: number; to: number; asOf: number }) => Promise<Table>;
}

export interface DriftCheckOutputs extends Record<string, string> {
  readonly result: 'healthy' | 'alarm' | 'waiting' | 'inconclusive';
  /** Key of the incident, or empty. */
  readonly incident: string;
  /** Number of the open pull request, or empty. */
  readonly 'pull-request': string;
  readonly branch: string;
}

type Context = StepContext & DriftCheckPorts;

interface Observation {
  readonly version: VersionRecord;
  readonly profile: ReferenceProfile;
  readonly window: DriftWindow;
  readonly predictions: PredictionRows;
  readonly joined: JoinedLabels;
  readonly dataset: Table;
}

/** One look at the last days of an environment: features, scores, performance, service; opens or updates the one retrain pull request of the model. */
export async function driftCheck(inputs: DriftCheckInputs, context: Context): Promise<StepResult<DriftCheckOutputs>> {
  const { definition } = context.pipeline;
  const { drift } = definition;
  const observed = await observe(inputs, context);
  const { version, window, predictions, joined } = observed;
  const day = dayOf(context.asOf);
  const earlier = (await readDriftHistory(context.store, definition.name, inputs.environment)).filter((record) => record.day < day && record.version === version.version);
  const conclusive = earlier.filter(({ result }) => result !== 'inconclusive').reverse();

  const findings = await detect(observed, earlier, context);
  const decision = decideDrift(findings, conclusive, { rows: predictions.table.rows, drift });
  const record = recordOf(findings, decision, { model: definition.name, environment: inputs.environment, day, version: version.version, rows: predictions.table.rows });
  await writeDriftRecord(context.store, record);

  const response = { environment: inputs.environment, pipelinePath: inputs.pipelinePath, version: version.version, findings, labelledUntil: joined.completeUntil, history: [...earlier, record] };
  const answer = await respond(decision, response, context);
  context.logger.info(`${answer.result}: ${answer.sentence}`);
  const outcome: Verdict['verdict'] = { healthy: 'pass', alarm: 'fail', waiting: 'fail', inconclusive: 'inconclusive' }[answer.result] as Verdict['verdict'];
  return {
    verdict: buildVerdict(context, {
      step: 'drift-check',
      verdict: outcome,
      summary: answer.sentence,
      subjects: {
        in: { environment: inputs.environment, version: `version ${version.version}`, window: `${dayOf(window.from)} to ${dayOf(window.to)}` },
        out: { ...(answer.incident === undefined ? {} : { incident: answer.incident }), ...(answer.pullRequest === undefined ? {} : { 'pull-request': String(answer.pullRequest) }) },
      },
      checks: driftChecks(findings, decision, conclusive, drift),
      charts: charts([...earlier, record], drift['alarm-columns']),
      notes: [
        `${formatCount(predictions.table.rows)} logged rows; labels are complete until ${dayOf(joined.completeUntil)}.`,
        ...(predictions.duplicates > 0 ? [`${formatCount(predictions.duplicates)} repeated answers: the first one of each row counts.`] : []),
        ...(predictions.malformed > 0 ? [`${formatCount(predictions.malformed)} log lines could not be read and were left out.`] : []),
      ],
    }),
    outputs: { result: answer.result, incident: answer.incident ?? '', 'pull-request': answer.pullRequest === undefined ? '' : String(answer.pullRequest), branch: answer.branch ?? '' },
  };
}

async function observe({ environment }: DriftCheckInputs, context: Context): Promise<Observation> {
  const { pipeline, registry, artifacts, store, asOf, queryDataset } = context;
  const live = await registry.live(environment);
  const version = live === undefined ? undefined : await registry.version(live.version);
  if (version === undefined) {
    throw new UserError('nothing-live', `nothing is live in ${environment}`, { hint: 'Deploy and verify a version first; there is no drift without something that serves.' });
  }
  const candidate = await readCandidate(artifacts, version.candidate);
  const profile = parseReferenceProfile(await artifacts.json(candidate.artifact, 'profile.json'));
  const window = driftWindow(asOf, pipeline.definition.drift.window);
  const predictions = await readPredictions(store, environment, { definition: pipeline.definition, window });
  const dataset = await queryDataset({ from: window.from, to: window.to, asOf });
  const joined = joinLabels(predictions, dataset, { definition: pipeline.definition, window, asOf });
  return { version, profile, window, predictions, joined, dataset };
}

async function detect({ version, profile, window, predictions, joined, dataset }: Observation, earlier: readonly DriftRecord[], context: Context): Promise<Finding[]> {
  const { definition } = context.pipeline;
  const { drift } = definition;
  const { probability, threshold, decision } = predictions;
  const all: PerformanceRows = { probability, threshold, decision, days: joined.days, labels: joined.labels };
  const live = selectRows(all, (row) => predictions.version[row] === version.version);
  const service = {
    ...(await observeService(context.metrics, drift.window)),
    rowsPerDay: predictions.table.rows / window.days,
    referenceRowsPerDay: profile.rowsPerDay,
    baselineLatency: scaled(medianOfHistory(earlier, 'service.latency'), 1 / 1000),
    baselineErrors: medianOfHistory(earlier, 'service.errors'),
  };
  const reference = {
    accuracy: version.metrics['accuracy']?.value ?? profile.performance.accuracy.value,
    recall: version.metrics['recall']?.value ?? profile.performance.recall.value,
    source: version.metrics['accuracy'] === undefined ? 'on the calibration rows' : 'at the gate',
  };
  return [
    ...detectPerformance(live, reference, drift),
    ...detectFeatureDrift({ profile, current: predictions.table, drift, windowDays: window.days }),
    ...detectPredictionDrift({ profile, probability: live.probability, decision: live.decision, drift, windowDays: window.days }),
    ...detectService(service, drift),
    detectSkew({ logged: predictions.table, recomputed: dataset, recomputedRow: joined.datasetRow, columns: featureColumns(definition) }),
  ];
}

async function respond(decision: DriftDecision, response: Parameters<typeof recoverIncident>[0], context: Context): Promise<IncidentAnswer> {
  switch (decision.kind) {
    case 'inconclusive':
      return { result: 'inconclusive', sentence: decision.reason };
    case 'healthy': {
      const recovered = await recoverIncident(response, context);
      const pending = decision.pending.map(({ title }) => title);
      if (recovered !== undefined) return recovered;
      return { result: 'healthy', sentence: pending.length === 0 ? 'no drift' : `no lasting drift; watched: ${pending.join(', ')}` };
    }
    case 'alarm':
      return handleAlarm({ ...response, causes: decision.causes }, context);
  }
}

type RecordSubject = Pick<DriftRecord, 'model' | 'environment' | 'day' | 'version' | 'rows'>;

function recordOf(findings: readonly Finding[], decision: DriftDecision, subject: RecordSubject): DriftRecord {
  return {
    schema: 'taxiway/drift-record/v1',
    ...subject,
    result: decision.kind,
    signals: findings.filter(({ alarming, state }) => alarming && state === 'signal').map(({ id }) => id),
    values: Object.fromEntries(findings.flatMap(({ id, value }) => (value === null || !Number.isFinite(value) ? [] : [[id, value]]))),
    intervals: Object.fromEntries(findings.flatMap(({ id, interval }) => (interval === undefined || interval === null ? [] : [[id, [interval[0], interval[1]]]]))),
  };
}

function charts(history: readonly DriftRecord[], alarmColumns: readonly string[]): ReturnType<typeof driftChart>[] {
  const last = history.at(-1);
  const strongest = [...alarmColumns].sort((a, b) => (last?.values[`psi.${b}`] ?? 0) - (last?.values[`psi.${a}`] ?? 0)).slice(0, 4);
  return [
    driftChart(history, { id: 'psi', title: 'PSI at each check', yLabel: 'PSI', findings: strongest.map((name) => ({ id: `psi.${name}`, name })) }),
    driftChart(history, { id: 'performance', title: 'Realised accuracy and recall', yLabel: 'share', findings: ['accuracy', 'recall'].map((name) => ({ id: `performance.${name}`, name })) }),
  ];
}

function scaled(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}
