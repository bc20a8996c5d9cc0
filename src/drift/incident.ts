import { z } from 'zod';
import { canonicalJson } from '../artifacts/canonical-json.ts';
import { trainingWindowSchema } from '../pipeline/training-window.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';

const performanceSchema = z.strictObject({ accuracy: z.number().nullable(), recall: z.number().nullable() });

const stateSchema = z.discriminatedUnion('kind', [
  /** A pull request is, or is about to be, open: intent is written before the effect. */
  z.strictObject({
    kind: z.literal('open'),
    attempt: z.number().int().positive(),
    window: trainingWindowSchema,
    pullRequest: z.number().int().nullable(),
  }),
  /** The last challenger was refused: nothing is tried before there is something new to learn from. */
  z.strictObject({
    kind: z.literal('waiting'),
    attempt: z.number().int().positive(),
    since: z.string(),
    reason: z.string(),
    /** First day (YYYY-MM-DD) whose labels the refused challenger had not seen. */
    labelledUntil: z.string(),
    performance: performanceSchema,
    /** It reached every margin of the gate, but not beyond chance: more rows may prove it. */
    unproven: z.boolean().default(false),
  }),
  z.strictObject({ kind: z.literal('resolved'), at: z.string(), how: z.enum(['promoted', 'recovered']) }),
]);

const incidentSchema = z.strictObject({
  schema: z.literal('taxiway/incident/v1'),
  /** E.g. flight-delay-1: numbers per model, so that two checks at once cannot open two. */
  key: z.string(),
  model: z.string(),
  environment: z.string(),
  /** As-of day. */
  openedOn: z.string(),
  /** The live version that drifted. */
  version: z.number().int(),
  /** Ids of the findings that opened it. */
  causes: z.array(z.string()),
  notified: z.boolean(),
  state: stateSchema,
});
export type Incident = z.infer<typeof incidentSchema>;
export type IncidentState = Incident['state'];

/** The one branch of an incident's present attempt; a closed pull request's branch is never used again. */
export function retrainBranch(incident: Pick<Incident, 'model' | 'key'>, attempt: number): string {
  return `retrain/${incident.model}/${incident.key}-attempt-${attempt}`;
}

/** The unresolved incident of a model, or undefined. There is at most one: the next number is created only when the one before is resolved. */
export async function currentIncident(store: ArtifactStore, model: string): Promise<Incident | undefined> {
  const latest = await latestIncident(store, model);
  return latest === undefined || latest.incident.state.kind === 'resolved' ? undefined : latest.incident;
}

/** Opens an incident, or answers the one that is unresolved: of any number of callers exactly one creates it. */
export async function openIncident(store: ArtifactStore, draft: Omit<Incident, 'schema' | 'key' | 'notified'>): Promise<{ incident: Incident; opened: boolean }> {
  for (;;) {
    const latest = await latestIncident(store, draft.model);
    if (latest !== undefined && latest.incident.state.kind !== 'resolved') return { incident: latest.incident, opened: false };
    const number = (latest?.number ?? 0) + 1;
    const incident: Incident = { schema: 'taxiway/incident/v1', key: `${draft.model}-${number}`, notified: false, ...draft };
    if ((await store.create(incidentStoreKey(draft.model, number), encode(incident))) === 'created') return { incident, opened: true };
  }
}

/**
 * Compare-and-swap until it holds. `change` sees the latest incident and returns the new one, or undefined to leave it.
 * @returns the incident as it stands afterwards
 */
export async function updateIncident(store: ArtifactStore, incident: Pick<Incident, 'model' | 'key'>, change: (latest: Incident) => Incident | undefined): Promise<Incident> {
  const key = incidentStoreKey(incident.model, numberOf(incident));
  for (;;) {
    const stored = await store.read(key);
    if (stored === undefined) throw new Error(`incident ${incident.key} has vanished from ${store.uri}`);
    const latest = parseIncident(stored.body);
    const changed = change(latest);
    if (changed === undefined) return latest;
    if ((await store.replace(key, encode(changed), stored.etag)) !== undefined) return changed;
  }
}

async function latestIncident(store: ArtifactStore, model: string): Promise<{ incident: Incident; number: number } | undefined> {
  const last = (await store.list(`incidents/${model}/`)).at(-1);
  const stored = last === undefined ? undefined : await store.read(last);
  if (stored === undefined) return undefined;
  const incident = parseIncident(stored.body);
  return { incident, number: numberOf(incident) };
}

function numberOf({ key }: Pick<Incident, 'key'>): number {
  return Number(key.slice(key.lastIndexOf('-') + 1));
}

/** Padded, so that the store's order is the order of numbers. */
function incidentStoreKey(model: string, number: number): string {
  return `incidents/${model}/${String(number).padStart(6, '0')}.json`;
}

function parseIncident(body: Uint8Array): Incident {
  return incidentSchema.parse(JSON.parse(Buffer.from(body).toString('utf8')));
}

function encode(incident: Incident): Uint8Array {
  return Buffer.from(canonicalJson(incident));
}
