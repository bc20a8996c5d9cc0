import type { Digest } from '../artifacts/digest.ts';
import { closeRefused, resolvePromoted } from '../drift/close-incident.ts';
import { decideDrift, driftChecks, type DriftDecision } from '../drift/decide.ts';
import type { Finding } from '../drift/finding.ts';
import { type DriftRecord, driftChart, readDriftHistory, writeDriftRecord } from '../drift/history.ts';
import { type Incident, retrainBranch } from '../drift/incident.ts';
import { detect, observe, type ObserveContext } from '../drift/observe.ts';
import { handleAlarm, reportDegraded, type IncidentAnswer, type IncidentPorts, recoverIncident, type ResponseInput } from '../drift/respond.ts';
import { assertNever, UserError } from '../errors.ts';
import { dayOf } from '../pipeline/training-window.ts';
import { formatCount } from '../report/format-number.ts';
import type { Chart, Check, Outcome } from '../verdict/verdict.ts';
import { buildVerdict, type StepContext, type StepResult } from './step.ts';

export interface DriftCheckInputs {
  /** check looks back; refuse closes the pull request of a refused challenger; resolve ends the incident after a release. */
  readonly mode: 'check' | 'refuse' | 'resolve';
  readonly environment: string;
  /** Folder of the pipeline in the repository, e.g. pipelines/flight-delay. */
  readonly pipelinePath: string;
  /** Modes refuse and resolve: the retrain pull request and the evaluation that decided on it. */
  readonly pullRequest?: number | undefined;
  readonly evaluation?: Digest | undefined;
}

export interface DriftCheckPorts extends IncidentPorts, Pick<ObserveContext, 'registry' | 'metrics' | 'queryDataset'> {}

export interface DriftCheckOutputs extends Record<string, string> {
  readonly result: IncidentAnswer['result'];
  /** Key of the incident, or empty. */
  readonly incident: string;
  /** Number of the retrain pull request, or empty. */
  readonly 'pull-request': string;
  readonly branch: string;
}

type Context = StepContext & DriftCheckPorts;
type Result = StepResult<DriftCheckOutputs>;

/** Looks at the last days of an environment and keeps the model's one incident and its one retrain pull request in line with what it sees. */
export async function driftCheck(inputs: DriftCheckInputs, context: Context): Promise<Result> {
  switch (inputs.mode) {
    case 'check':
      return checkWindow(inputs, context);
    case 'refuse': {
      const incident = await closeRefused(settleInput(inputs), context);
      return settled(inputs, { incident, sentence: `incident ${incident.key} waits for new labelled days`, result: 'waiting' }, context);
    }
    case 'resolve': {
      const incident = await resolvePromoted(settleInput(inputs), context);
      const sentence = incident === undefined ? 'there was no unresolved incident' : `incident ${incident.key} is resolved: its challenger is live`;
      return settled(inputs, { incident, sentence, result: 'healthy' }, context);
    }
    default:
      return assertNever(inputs.mode);
  }
}

async function checkWindow({ environment, pipelinePath }: DriftCheckInputs, context: Context): Promise<Result> {
  const { name: model, drift } = context.pipeline.definition;
  const observation = await observe(environment, context);
  const { version, window, predictions, joined } = observation;
  const day = dayOf(context.asOf);
  const earlier = (await readDriftHistory(context.store, model, environment)).filter((record) => record.day < day && record.version === version.version);
  const conclusive = earlier.filter(({ result }) => result !== 'inconclusive').reverse();

  const findings = await detect(observation, earlier, context);
  const cover = { rows: predictions.table.rows, days: observation.days, windowDays: window.days };
  const decision = decideDrift(findings, conclusive, { ...cover, drift });
  const record = recordOf(findings, decision, { model, environment, day, version: version.version, rows: cover.rows });
  await writeDriftRecord(context.store, record);

  const history = [...earlier, record];
  const answer = await respond(decision, { environment, pipelinePath, version: version.version, findings, labelledUntil: joined.completeUntil, history }, context);
  context.logger.info(`${answer.result}: ${answer.sentence}`);
  return {
    verdict: buildVerdict(context, {
      step: 'drift-check',
      verdict: outcomes[answer.result],
      summary: answer.sentence,
      subjects: {
        in: { environment, version: `version ${version.version}`, window: `${dayOf(window.from)} to ${dayOf(window.to)}` },
        out: { ...(answer.incident === undefined ? {} : { incident: answer.incident }), ...(answer.pullRequest === undefined ? {} : { 'pull-request': String(answer.pullRequest) }) },
      },
      checks: driftChecks(findings, decision, { earlier: conclusive, drift }),
      charts: charts(history, drift['alarm-columns']),
      notes: [
        `${formatCount(cover.rows)} logged rows on ${cover.days} of ${window.days} days; labels are complete until ${dayOf(joined.completeUntil)}.`,
        ...(predictions.duplicates > 0 ? [`${formatCount(predictions.duplicates)} repeated answers: the first one of each row counts.`] : []),
        ...(predictions.malformed > 0 ? [`${formatCount(predictions.malformed)} log lines could not be read and were left out.`] : []),
      ],
    }),
    outputs: {
      result: answer.result,
      incident: answer.incident ?? '',
      'pull-request': answer.pullRequest === undefined ? '' : String(answer.pullRequest),
      branch: answer.branch ?? '',
    },
  };
}

/** A lasting drift is a failed check, also while its incident waits. */
const outcomes: Readonly<Record<IncidentAnswer['result'], Outcome>> = { healthy: 'pass', alarm: 'fail', degraded: 'fail', waiting: 'fail', inconclusive: 'inconclusive' };

async function respond(decision: DriftDecision, response: ResponseInput, context: Context): Promise<IncidentAnswer> {
  switch (decision.kind) {
    case 'inconclusive':
      return { result: 'inconclusive', sentence: decision.reason };
    case 'healthy': {
      const recovered = await recoverIncident(response, context);
      if (recovered !== undefined) return recovered;
      const pending = decision.pending.map(({ title }) => title);
      return { result: 'healthy', sentence: pending.length === 0 ? 'no drift' : `no lasting drift; watched: ${pending.join(', ')}` };
    }
    case 'alarm':
      return handleAlarm({ ...response, causes: decision.causes }, context);
    case 'degraded':
      return reportDegraded({ environment: response.environment, causes: decision.causes }, context);
    default:
      return assertNever(decision);
  }
}

function settleInput({ environment, pullRequest, evaluation, mode }: DriftCheckInputs): { environment: string; pullRequest: number; evaluation: Digest } {
  if (pullRequest === undefined || evaluation === undefined) {
    throw new UserError('input-invalid', `mode ${mode} needs the inputs pull-request and evaluation`, { hint: 'Pass the outputs of drift-check and evaluate-gate.' });
  }
  return { environment, pullRequest, evaluation };
}

interface Settled {
  readonly incident: Incident | undefined;
  readonly sentence: string;
  readonly result: IncidentAnswer['result'];
}

function settled(inputs: DriftCheckInputs, { incident, sentence, result }: Settled, context: Context): Result {
  const state = incident?.state;
  const check: Check = { id: 'incident', title: 'The incident is settled', value: incident?.key ?? 'none', severity: 'error', verdict: 'pass', message: sentence };
  const pullRequest = String(inputs.pullRequest ?? '');
  return {
    verdict: buildVerdict(context, {
      step: 'drift-check',
      summary: sentence,
      subjects: { in: { environment: inputs.environment, 'pull-request': pullRequest, evaluation: inputs.evaluation ?? '' }, out: incident === undefined ? {} : { incident: incident.key } },
      checks: [check],
    }),
    outputs: { result, incident: incident?.key ?? '', 'pull-request': pullRequest, branch: incident === undefined || state === undefined || state.kind === 'resolved' ? '' : retrainBranch(incident, state.attempt) },
  };
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

function charts(history: readonly DriftRecord[], alarmColumns: readonly string[]): Chart[] {
  const last = history.at(-1);
  const strongest = [...alarmColumns].sort((a, b) => (last?.values[`psi.${b}`] ?? 0) - (last?.values[`psi.${a}`] ?? 0)).slice(0, 4);
  return [
    driftChart(history, { id: 'psi', title: 'PSI at each check', yLabel: 'PSI', findings: strongest.map((name) => ({ id: `psi.${name}`, name })) }),
    driftChart(history, { id: 'performance', title: 'Realised accuracy and recall', yLabel: 'share', findings: ['accuracy', 'recall'].map((name) => ({ id: `performance.${name}`, name })) }),
  ];
}
