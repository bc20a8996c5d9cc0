import { UserError } from '../errors.ts';
import { dayOf } from '../pipeline/training-window.ts';
import { stickyMarker, verdictMarkdown } from '../report/verdict-markdown.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { readDriftHistory } from './history.ts';
import { currentIncident, type Incident } from './incident.ts';
import { type IncidentContext, resolve, waitAfter } from './respond.ts';

/**
 * What the retrain checks call when the gate refuses: the verdict becomes the pull request's comment, the pull request is closed, the incident waits.
 * The incident changes last, so that a run that dies half way is finished by the next one.
 * @throws UserError incident-missing
 */
export async function closeRefused(input: { environment: string; verdict: Verdict }, context: IncidentContext): Promise<Incident> {
  const { store, gitHost, pipeline, asOf } = context;
  const model = pipeline.definition.name;
  const incident = await requireIncident(context);
  if (incident.state.kind !== 'open' || incident.state.pullRequest === null) return incident;
  const { pullRequest } = incident.state;
  await commentVerdict({ pullRequest, verdict: input.verdict }, context);
  await gitHost.closePullRequest(pullRequest, input.verdict.summary);
  const history = await readDriftHistory(store, model, input.environment);
  return waitAfter(incident, { reason: 'the challenger was refused', day: dayOf(asOf), history }, context);
}

/** The gate's verdict as the pull request's one sticky comment, whatever its outcome. */
export async function commentVerdict({ pullRequest, verdict }: { pullRequest: number; verdict: Verdict }, { gitHost, pipeline }: IncidentContext): Promise<void> {
  const marker = stickyMarker(verdict.step, pipeline.definition.name);
  await gitHost.upsertComment(pullRequest, marker, `${marker}\n${verdictMarkdown(verdict)}`);
}

/** After the promotion of the version that an incident asked for. Without an unresolved incident there is nothing to do. */
export async function resolvePromoted(context: IncidentContext): Promise<Incident | undefined> {
  const incident = await currentIncident(context.store, context.pipeline.definition.name);
  if (incident !== undefined) await resolve(incident, { how: 'promoted', day: dayOf(context.asOf) }, context);
  return incident;
}

async function requireIncident({ store, pipeline }: IncidentContext): Promise<Incident> {
  const model = pipeline.definition.name;
  const incident = await currentIncident(store, model);
  if (incident === undefined) {
    throw new UserError('incident-missing', `${model} has no unresolved incident`, { hint: 'Only a retrain pull request that drift-check opened can be refused.' });
  }
  return incident;
}
