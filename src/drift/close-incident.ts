import type { Digest } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';
import { onlyUnproven } from '../gate/decide.ts';
import { readGateVerdict } from '../gate/gate-verdict.ts';
import { dayOf } from '../pipeline/training-window.ts';
import { stickyMarker, verdictMarkdown } from '../report/verdict-markdown.ts';
import { readDriftHistory } from './history.ts';
import { currentIncident, type Incident } from './incident.ts';
import { type IncidentContext, resolve, waitAfter } from './respond.ts';

export interface SettleInput {
  readonly environment: string;
  /** The retrain pull request. */
  readonly pullRequest: number;
  /** The evaluation that decided on its challenger. */
  readonly evaluation: Digest;
}

/**
 * What the retrain checks call when the gate refuses: the verdict becomes the pull request's comment, the pull request is closed, the incident waits.
 * The incident changes last, so that a run that dies half way is finished by the next one.
 * @throws UserError incident-missing, artifact-missing, input-invalid where the gate has passed
 */
export async function closeRefused(input: SettleInput, context: IncidentContext): Promise<Incident> {
  const { store, gitHost, pipeline, asOf } = context;
  const model = pipeline.definition.name;
  const incident = await currentIncident(store, model);
  if (incident === undefined) {
    throw new UserError('incident-missing', `${model} has no unresolved incident`, { hint: 'Only a retrain pull request that drift-check opened can be refused.' });
  }
  const verdict = await readGateVerdict(store, input.evaluation);
  if (verdict.verdict === 'pass') {
    throw new UserError('input-invalid', `evaluation ${input.evaluation} has passed the gate: there is nothing to refuse`, { hint: 'Merge the pull request, or close it by hand.' });
  }
  await commentVerdict(input, context);
  await gitHost.closePullRequest(input.pullRequest, verdict.summary);
  const own = incident.state.kind === 'open' && (incident.state.pullRequest === null || incident.state.pullRequest === input.pullRequest);
  if (!own) return incident;
  const history = await readDriftHistory(store, model, input.environment);
  const unproven = onlyUnproven(verdict);
  const reason = unproven ? 'the challenger reached every margin and was not proven' : 'the challenger was refused';
  return waitAfter(incident, { reason, day: dayOf(asOf), history, unproven }, context);
}

/** After the promotion of the version that an incident asked for. Without an unresolved incident there is nothing left to do. */
export async function resolvePromoted(input: SettleInput, context: IncidentContext): Promise<Incident | undefined> {
  await commentVerdict(input, context);
  const incident = await currentIncident(context.store, context.pipeline.definition.name);
  if (incident !== undefined) await resolve(incident, { how: 'promoted', day: dayOf(context.asOf) }, context);
  return incident;
}

/** The gate's verdict as the pull request's one sticky comment, whatever its outcome. @throws UserError artifact-missing */
export async function commentVerdict({ pullRequest, evaluation }: SettleInput, { store, gitHost, pipeline }: IncidentContext): Promise<void> {
  const marker = stickyMarker('evaluate-gate', pipeline.definition.name);
  await gitHost.upsertComment(pullRequest, marker, `${marker}\n${verdictMarkdown(await readGateVerdict(store, evaluation))}`);
}
