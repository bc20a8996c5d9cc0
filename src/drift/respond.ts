import { UserError } from '../errors.ts';
import { parseYaml } from '../pipeline/parse-yaml.ts';
import { dayOf, trainingWindowSchema } from '../pipeline/training-window.ts';
import type { LoadedPipeline } from '../pipeline/load-pipeline.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { GitHost, PullRequest } from '../ports/git-host.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { Finding } from './finding.ts';
import type { DriftRecord } from './history.ts';
import { currentIncident, type Incident, openIncident, retrainBranch, updateIncident } from './incident.ts';
import { incidentText, retrainRequest } from './retrain-request.ts';
import { editTrainingWindow, nextTrainingWindow } from './retrain-window.ts';
import { decideRetry } from './retry.ts';

export interface IncidentPorts {
  readonly gitHost: GitHost;
  readonly notifiers: readonly Notifier[];
}

/** What answering an incident needs of a step's context. */
export interface IncidentContext extends IncidentPorts {
  readonly store: ArtifactStore;
  readonly pipeline: LoadedPipeline;
  /** Milliseconds since the Unix epoch. */
  readonly asOf: number;
}

export interface IncidentAnswer {
  readonly result: 'healthy' | 'alarm' | 'degraded' | 'waiting' | 'inconclusive';
  /** For the verdict's summary. */
  readonly sentence: string;
  readonly incident?: string;
  readonly pullRequest?: number;
  readonly branch?: string;
}

export interface ResponseInput {
  readonly environment: string;
  readonly pipelinePath: string;
  readonly version: number;
  readonly findings: readonly Finding[];
  /** UTC milliseconds up to which labels are complete. */
  readonly labelledUntil: number;
  /** Records of this version, this check's included. */
  readonly history: readonly DriftRecord[];
}

type OpenState = Extract<Incident['state'], { kind: 'open' }>;

/** Brings the model's one incident and its one pull request in line with a lasting alarm. Repeating it changes nothing. */
export async function handleAlarm(input: ResponseInput & { causes: readonly Finding[] }, context: IncidentContext): Promise<IncidentAnswer> {
  const { store, pipeline, asOf } = context;
  const { name: model, drift, retrain } = pipeline.definition;
  const proposal = await proposeWindow(input, context);
  if (proposal === undefined) return { result: 'alarm', sentence: `${nameCauses(input.causes)}; there are not yet enough labelled days for a challenger` };
  const open = (attempt: number): OpenState => ({ kind: 'open', attempt, window: proposal.window, pullRequest: null });
  const { incident: found } = await openIncident(store, {
    model,
    environment: input.environment,
    openedOn: dayOf(asOf),
    version: input.version,
    causes: input.causes.map(({ id }) => id),
    state: open(1),
  });
  let incident = found;
  if (incident.state.kind === 'waiting') {
    const retry = decideRetry({ waiting: incident.state, findings: input.findings, labelledUntil: input.labelledUntil, drift, retrain });
    if (retry.kind === 'wait') {
      const sentence = `drift persists; incident ${incident.key} waits since ${incident.state.since} (${incident.state.reason}), next try when labels reach ${retry.nextTry}`;
      return { result: 'waiting', sentence, incident: incident.key };
    }
    incident = await updateIncident(store, incident, (latest) => (latest.state.kind === 'waiting' ? { ...latest, state: open(latest.state.attempt + 1) } : undefined));
  }
  if (incident.state.kind !== 'open') return { result: 'waiting', sentence: `incident ${incident.key} was changed by another run`, incident: incident.key };
  return keepPullRequest({ ...input, proposal }, { ...incident, state: incident.state }, context);
}

/** A waiting incident whose drift is gone in every window that persistence looks at is over. */
export async function recoverIncident({ history }: ResponseInput, context: IncidentContext): Promise<IncidentAnswer | undefined> {
  const { store, pipeline, asOf } = context;
  const incident = await currentIncident(store, pipeline.definition.name);
  if (incident?.state.kind !== 'waiting') return undefined;
  const { windows } = pipeline.definition.drift.persistence;
  const recent = history.filter(({ result }) => result !== 'inconclusive').slice(-windows);
  if (recent.length < windows || recent.some(({ result }) => result === 'alarm')) {
    return { result: 'healthy', sentence: `no lasting drift in this window; incident ${incident.key} still waits`, incident: incident.key };
  }
  await resolve(incident, { how: 'recovered', day: dayOf(asOf) }, context);
  return { result: 'healthy', sentence: `the drift of incident ${incident.key} has passed; it is resolved`, incident: incident.key };
}

/** Tells people about a service that answers late, wrongly or to too few; one message per environment until it is mended. */
export async function reportDegraded({ environment, causes }: { environment: string; causes: readonly Finding[] }, { pipeline, notifiers }: IncidentContext): Promise<IncidentAnswer> {
  const sentence = `the service is degraded (${causes.map(({ title }) => title).join(', ')}); no training mends that`;
  for (const notifier of notifiers) {
    await notifier.notify({ key: `service/${pipeline.definition.name}/${environment}`, severity: 'critical', title: `${pipeline.definition.name} in ${environment}: ${sentence}`, text: incidentText(causes), links: [], resolved: false });
  }
  return { result: 'degraded', sentence };
}

export async function resolve(incident: Incident, end: { how: 'promoted' | 'recovered'; day: string }, { store, notifiers }: IncidentContext): Promise<void> {
  const title = `${incident.model}: incident ${incident.key} is resolved (${end.how})`;
  for (const notifier of notifiers) {
    await notifier.notify({ key: notificationKey(incident), severity: 'info', title, text: '', links: [], resolved: true });
  }
  await updateIncident(store, incident, (latest) => (latest.state.kind === 'resolved' ? undefined : { ...latest, state: { kind: 'resolved', at: end.day, how: end.how } }));
}

interface Proposal {
  readonly window: OpenState['window'];
  /** Of the training window, relative to the repository. */
  readonly path: string;
  readonly text: string;
}

async function proposeWindow({ pipelinePath, labelledUntil }: ResponseInput, { gitHost, pipeline }: IncidentContext): Promise<Proposal | undefined> {
  const { retrain, training, deployment } = pipeline.definition;
  const path = `${pipelinePath.replace(/\/+$/, '')}/${training.window}`;
  const head = await gitHost.head(deployment.branch);
  const text = head === undefined ? undefined : await gitHost.readFile(head, path);
  if (text === undefined) {
    throw new UserError('pipeline-missing', `${path} is not on branch ${deployment.branch}`, { hint: 'Pass the pipeline folder as it is in the repository, e.g. pipelines/flight-delay.' });
  }
  const current = parseYaml({ path, text, code: 'pipeline-invalid' }, trainingWindowSchema);
  const window = nextTrainingWindow(current, labelledUntil, retrain);
  return window === undefined ? undefined : { window, path, text: editTrainingWindow(text, window, path) };
}

/** The pull request of an open incident: written if it is not there, brought up to date if it is open, left alone if somebody has decided on it. */
async function keepPullRequest(input: ResponseInput & { causes: readonly Finding[]; proposal: Proposal }, incident: Incident & { state: OpenState }, context: IncidentContext): Promise<IncidentAnswer> {
  const { gitHost, store, pipeline, asOf } = context;
  const { proposal } = input;
  const { attempt } = incident.state;
  const branch = retrainBranch(incident, attempt);
  const existing = await gitHost.findPullRequest(branch);
  if (existing?.state === 'merged') {
    return { result: 'waiting', sentence: `pull request ${existing.number} of incident ${incident.key} is merged; its version is on the way`, incident: incident.key, pullRequest: existing.number, branch };
  }
  if (existing?.state === 'closed') {
    // Refused, or closed by a person, before the incident could say so.
    await waitAfter(incident, { reason: `pull request ${existing.number} was closed`, day: dayOf(asOf), history: input.history }, context);
    return { result: 'waiting', sentence: `pull request ${existing.number} of incident ${incident.key} was closed; the incident waits`, incident: incident.key };
  }
  const { title, body } = retrainRequest({ ...input, incident, attempt, window: proposal.window, asOf: dayOf(asOf) });
  const pullRequest = await gitHost.upsertPullRequest({
    branch,
    base: pipeline.definition.deployment.branch,
    title,
    body,
    labels: ['retrain', `model:${incident.model}`],
    changes: [{ path: proposal.path, text: proposal.text }],
  });
  await updateIncident(store, incident, (latest) =>
    latest.state.kind === 'open' && latest.state.attempt === attempt ? { ...latest, state: { ...latest.state, window: proposal.window, pullRequest: pullRequest.number } } : undefined,
  );
  await notifyOnce({ incident, causes: input.causes, pullRequest }, context);
  const sentence = `${nameCauses(input.causes)}; pull request ${pullRequest.number} proposes attempt ${attempt}`;
  return { result: 'alarm', sentence, incident: incident.key, pullRequest: pullRequest.number, branch };
}

/** The same key twice is one message, so dying between telling and noting it is harmless. */
async function notifyOnce({ incident, causes, pullRequest }: { incident: Incident; causes: readonly Finding[]; pullRequest: PullRequest }, { store, notifiers }: IncidentContext): Promise<void> {
  if (incident.notified) return;
  const severity = causes.some(({ kind }) => kind === 'performance' || kind === 'service') ? 'critical' : 'warning';
  const title = `${incident.model} v${incident.version} has drifted in ${incident.environment} (incident ${incident.key})`;
  for (const notifier of notifiers) {
    await notifier.notify({ key: notificationKey(incident), severity, title, text: incidentText(causes), links: [{ title: pullRequest.title, url: pullRequest.url }], resolved: false });
  }
  await updateIncident(store, incident, (latest) => (latest.notified ? undefined : { ...latest, notified: true }));
}

function nameCauses(causes: readonly Finding[]): string {
  const shown = causes.slice(0, 4).map(({ title }) => title);
  const more = causes.length > shown.length ? ` and ${causes.length - shown.length} more` : '';
  return `lasting drift: ${shown.join(', ')}${more}`;
}

function notificationKey({ key }: Incident): string {
  return `drift/${key}`;
}

export interface WaitReason {
  readonly reason: string;
  readonly day: string;
  readonly history: readonly DriftRecord[];
  /** The challenger reached every margin and was only not proven. */
  readonly unproven?: boolean;
}

/** Open → waiting, remembering what the refused attempt knew. */
export async function waitAfter(incident: Incident, { reason, day, history, unproven = false }: WaitReason, { store }: Pick<IncidentContext, 'store'>): Promise<Incident> {
  const last = history.at(-1);
  const performance = { accuracy: last?.values['performance.accuracy'] ?? null, recall: last?.values['performance.recall'] ?? null };
  return updateIncident(store, incident, (latest) => {
    if (latest.state.kind !== 'open') return undefined;
    const { attempt, window } = latest.state;
    return { ...latest, state: { kind: 'waiting', attempt, since: day, reason, labelledUntil: window.test.to, performance, unproven } };
  });
}
