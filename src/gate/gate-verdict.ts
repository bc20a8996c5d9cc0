import { type Digest, hexOf } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import { type Verdict, verdictSchema } from '../verdict/verdict.ts';

function gateVerdictKey(evaluation: Digest): string {
  return `verdicts/evaluate-gate/${hexOf(evaluation)}.json`;
}

/** Keeps the gate's latest verdict on an evaluation, latency included, for the pull request's comment. */
export async function writeGateVerdict(store: ArtifactStore, evaluation: Digest, verdict: Verdict): Promise<void> {
  const key = gateVerdictKey(evaluation);
  const body = Buffer.from(JSON.stringify(verdict));
  const stored = await store.read(key);
  // Losing the race means that another run of the same gate has just written its own: either will do.
  await store.replace(key, body, stored?.etag ?? null);
}

/** @throws UserError artifact-missing */
export async function readGateVerdict(store: ArtifactStore, evaluation: Digest): Promise<Verdict> {
  const stored = await store.read(gateVerdictKey(evaluation));
  if (stored === undefined) {
    throw new UserError('artifact-missing', `there is no gate verdict on evaluation ${evaluation} in ${store.uri}`, { hint: 'Run evaluate-gate with the same store first.' });
  }
  return verdictSchema.parse(JSON.parse(Buffer.from(stored.body).toString('utf8')));
}
