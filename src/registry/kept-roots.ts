import { type Digest, isDigest } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import { versionRecordSchema } from './record-schemas.ts';
import { versionOfKey } from './registry-keys.ts';
import { openRecord } from './sealed-record.ts';

/** Something that keeps artefacts, with all that they were made from. */
export interface KeptRoot {
  /** For people, e.g. "version 3 of flight-delay". */
  readonly reason: string;
  readonly digests: readonly Digest[];
  /** Artefacts written at or after this moment stay too: milliseconds since the Unix epoch. */
  readonly since?: number;
}

/**
 * What must stay, of every model in the store: what each registered version's record names, and what an unresolved incident names or has
 * led to since it was opened (the challenger of an open retrain request is one of these).
 * @throws UserError registry-corrupt: a record that cannot be read may name anything
 */
export async function readKeptRoots(store: ArtifactStore): Promise<KeptRoot[]> {
  const roots: KeptRoot[] = [];
  for (const key of await store.list('registry/')) {
    if (!/^registry\/[^/]+\/versions\/\d+\.json$/.test(key) || versionOfKey(key) === undefined) continue;
    const stored = await store.read(key);
    if (stored === undefined) continue;
    const { model, version, candidate, evaluation, dataset } = openRecord(stored.body, versionRecordSchema, `${store.uri}/${key}`);
    roots.push({ reason: `version ${version} of ${model}`, digests: [candidate, evaluation, dataset.digest] });
  }
  for (const key of await store.list('incidents/')) {
    const stored = await store.read(key);
    const root = stored === undefined ? undefined : incidentRoot(Buffer.from(stored.body).toString('utf8'), `${store.uri}/${key}`);
    if (root !== undefined) roots.push(root);
  }
  return roots;
}

/** Read by its own few fields: an incident of another release must keep what it names as well. */
function incidentRoot(text: string, where: string): KeptRoot | undefined {
  const incident = parse(text);
  const key = incident?.['key'];
  const openedOn = incident?.['openedOn'];
  const state = incident?.['state'];
  const kind = isRecord(state) ? state['kind'] : undefined;
  if (typeof key !== 'string' || typeof openedOn !== 'string' || typeof kind !== 'string' || Number.isNaN(Date.parse(openedOn))) {
    throw new UserError('registry-corrupt', `${where} is no incident; nothing was deleted`, { hint: 'Restore the file: without it nobody can say what the incident still needs.' });
  }
  if (kind === 'resolved') return undefined;
  return { reason: `open incident ${key}`, digests: [...(text.match(/sha256:[0-9a-f]{64}/g) ?? [])].filter(isDigest), since: Date.parse(openedOn) };
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
