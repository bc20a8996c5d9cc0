import { z } from 'zod';
import { canonicalJson } from '../artifacts/canonical-json.ts';
import { type Digest, digestOf, hexOf, isDigest } from '../artifacts/digest.ts';
import type { Table } from '../data/table.ts';
import { UserError } from '../errors.ts';
import type { DayRange } from '../pipeline/training-window.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import { overlapOf } from './window-overlap.ts';

/** What evaluation.json says about the test rows as a means of deciding. */
export interface HoldoutUse {
  /** SHA-256 over the sorted keys and labels of the test rows: the same rows in another snapshot are the same rows. */
  readonly digest: Digest;
  /** Other decisions that had been taken on these rows, or on windows that cover at least half of their days, when this one was first taken. */
  readonly earlier: number;
  readonly budget: number;
}

const digest = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value), 'must be a sha256 digest');

const useSchema = z.strictObject({
  schema: z.literal('taxiway/holdout-use/v1'),
  testRows: digest,
  rows: z.number().int().nonnegative(),
  window: z.strictObject({ from: z.string(), to: z.string() }),
  candidate: digest,
  champion: digest.optional(),
  decidedAt: z.string(),
  earlier: z.number().int().nonnegative(),
});

/** From this share of a window's days on, an earlier window is counted as a look at the same rows. */
const countedOverlap = 0.5;

/** Identifies test rows by what they are, not by the snapshot that holds them. O(n log n). */
export function testRowsDigest(table: Table, { key, label }: { readonly key: readonly string[]; readonly label: string }): Digest {
  const columns = [...key, label].map((name) => table.strings.get(name) ?? table.numbers.get(name) ?? []);
  const lines = Array.from({ length: table.rows }, (_, row) => JSON.stringify(columns.map((values) => values[row] ?? null)));
  return digestOf(lines.sort().join('\n'));
}

export interface HoldoutDecision {
  readonly pipeline: string;
  readonly testRows: Digest;
  readonly rows: number;
  readonly window: DayRange;
  readonly candidate: Digest;
  readonly champion: Digest | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly asOf: number;
}

/**
 * Writes the decision into the ledger and says how many others came before it. One candidate against one champion on the same rows is one decision however often it is run: the first run's
 * count stays, so that a repeated gate says the same. Records are create-only and never pruned.
 * @throws UserError artifact-corrupt
 */
export async function recordHoldoutUse(store: ArtifactStore, decision: HoldoutDecision): Promise<number> {
  const { candidate, champion, testRows, window } = decision;
  const prefix = `holdout/${decision.pipeline}/`;
  const key = `${prefix}${hexOf(testRows)}/${hexOf(digestOf(canonicalJson({ candidate, champion: champion ?? null })))}.json`;
  const own = await readUse(store, key);
  if (own !== undefined) return own.earlier;
  let earlier = 0;
  for (const other of await store.list(prefix)) {
    const use = await readUse(store, other);
    if (use !== undefined && (use.testRows === testRows || overlapOf(window, use.window) >= countedOverlap)) earlier += 1;
  }
  const use: z.infer<typeof useSchema> = {
    schema: 'taxiway/holdout-use/v1',
    testRows,
    rows: decision.rows,
    window: { from: window.from, to: window.to },
    candidate,
    ...(champion === undefined ? {} : { champion }),
    decidedAt: new Date(decision.asOf).toISOString(),
    earlier,
  };
  if ((await store.create(key, Buffer.from(canonicalJson(use)))) === 'created') return earlier;
  // Another run of the same gate was first: its count is the decision's.
  return (await readUse(store, key))?.earlier ?? earlier;
}

async function readUse(store: ArtifactStore, key: string): Promise<z.infer<typeof useSchema> | undefined> {
  const stored = await store.read(key);
  if (stored === undefined) return undefined;
  try {
    return useSchema.parse(JSON.parse(Buffer.from(stored.body).toString('utf8')));
  } catch (cause) {
    throw new UserError('artifact-corrupt', `${store.uri}/${key} is no record of a decision`, {
      hint: 'Restore the file. Without it nobody can say how often these test rows have decided.',
      cause,
    });
  }
}
