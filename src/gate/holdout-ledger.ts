import { z } from 'zod';
import { canonicalJson } from '../artifacts/canonical-json.ts';
import { type Digest, digestOf, isDigest } from '../artifacts/digest.ts';
import type { Table } from '../data/table.ts';
import { UserError } from '../errors.ts';
import type { DayRange } from '../pipeline/training-window.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { CommittedLook } from './committed-looks.ts';
import { usesOfHalf } from './window-overlap.ts';

/** What evaluation.json says about the test rows as a means of deciding. */
export interface HoldoutUse {
  /** SHA-256 over the sorted keys and labels of the test rows: the same rows in another snapshot are the same rows. */
  readonly digest: Digest;
  /** Decisions that at least half of these days had seen when this one was first taken: the gate's own, and those that people have written down. */
  readonly earlier: number;
  readonly budget: number;
}

const digest = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value), 'must be a sha256 digest');

const windowSchema = z.object({ from: z.string(), to: z.string() });

const useSchema = z.object({
  schema: z.literal('taxiway/holdout-use/v1'),
  testRows: digest,
  rows: z.number().int().nonnegative(),
  window: windowSchema,
  candidate: digest,
  champion: digest.optional(),
  decidedAt: z.string(),
  written: z.array(windowSchema).default([]).describe('Windows on which people had decided by then, as they had written it down'),
});
type HoldoutRecord = z.infer<typeof useSchema>;

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
  /** Looks that people have written down; those that decided something count like decisions of the gate. */
  readonly looks: readonly Pick<CommittedLook, 'window' | 'decided'>[];
  /** Milliseconds since the Unix epoch. */
  readonly asOf: number;
}

/**
 * Writes the decision into the ledger and says how many others came before it. The records are numbered, and who creates a number has it: gates that run at once stand one after the other, and
 * each counts those before it. One candidate against one champion on the same rows is one decision however often it is run, and its count stays. Records are create-only and never pruned.
 * @throws UserError artifact-corrupt
 */
export async function recordHoldoutUse(store: ArtifactStore, decision: HoldoutDecision): Promise<number> {
  const prefix = `holdout/${decision.pipeline}/`;
  const before: HoldoutRecord[] = [];
  let next = 1;
  // Whatever has no number stands before all that have one.
  const keys = [...(await store.list(prefix))].sort((a, b) => numberOf(a, prefix) - numberOf(b, prefix));
  for (const key of keys) {
    const use = await readUse(store, key);
    if (use === undefined) continue;
    if (isSame(use, decision)) return earlierUses(use, before);
    before.push(use);
    next = Math.max(next, 1 + numberOf(key, prefix));
  }
  const own = newRecord(decision);
  for (;;) {
    const key = `${prefix}${String(next).padStart(digits, '0')}.json`;
    if ((await store.create(key, Buffer.from(canonicalJson(own)))) === 'created') return earlierUses(own, before);
    // Another gate was first: it stands before this one, unless it is the same gate.
    const use = await readUse(store, key);
    if (use !== undefined && isSame(use, decision)) return earlierUses(use, before);
    if (use !== undefined) before.push(use);
    next += 1;
  }
}

/** As many as sort by name. */
const digits = 8;

function numberOf(key: string, prefix: string): number {
  const [, number = '0'] = /^(\d+)\.json$/.exec(key.slice(prefix.length)) ?? [];
  return Number(number);
}

function isSame(use: HoldoutRecord, { candidate, champion, testRows }: HoldoutDecision): boolean {
  return use.candidate === candidate && use.champion === champion && use.testRows === testRows;
}

function newRecord({ testRows, rows, window, candidate, champion, looks, asOf }: HoldoutDecision): HoldoutRecord {
  return {
    schema: 'taxiway/holdout-use/v1',
    testRows,
    rows,
    window: { from: window.from, to: window.to },
    candidate,
    ...(champion === undefined ? {} : { champion }),
    decidedAt: new Date(asOf).toISOString(),
    written: looks.filter(({ decided }) => decided).map(({ window: { from, to } }) => ({ from, to })),
  };
}

/** The same rows under another window are the same rows. */
function earlierUses({ testRows, window, written }: HoldoutRecord, before: readonly HoldoutRecord[]): number {
  return usesOfHalf(window, [...written, ...before.map((use) => (use.testRows === testRows ? window : use.window))]);
}

async function readUse(store: ArtifactStore, key: string): Promise<HoldoutRecord | undefined> {
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
