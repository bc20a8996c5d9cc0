import { z } from 'zod';
import { canonicalJson } from '../artifacts/canonical-json.ts';
import { type Digest, shortDigest } from '../artifacts/digest.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { Logger } from '../ports/logger.ts';
import { type Check, checkSchema } from '../verdict/verdict.ts';

/** What one run of `validate-data` found, check by check. */
const recordSchema = z.strictObject({
  schema: z.literal('taxiway/validation-record/v1'),
  /** ISO 8601. */
  asOf: z.iso.datetime(),
  snapshot: z.string(),
  dataset: z.string(),
  checks: z.record(z.string(), z.strictObject({ verdict: checkSchema.shape.verdict, value: checkSchema.shape.value })),
});
export type ValidationRecord = z.infer<typeof recordSchema>;

/** Records that are looked back on. */
const maximumRecords = 20;

export interface HistoryOptions {
  /** Only runs that judged from an earlier moment: milliseconds since the Unix epoch. A run that is repeated sees the same history. */
  readonly before: number;
  readonly logger: Logger;
}

/** The latest 20 runs of a pipeline, newest first. A record that cannot be read is left out with a warning: history explains, it decides nothing. */
export async function readValidationHistory(store: ArtifactStore, pipeline: string, { before, logger }: HistoryOptions): Promise<ValidationRecord[]> {
  const prefix = prefixOf(pipeline);
  const limit = `${prefix}${momentText(before)}`;
  // Names begin with the moment, so their order is the order of time; of runs of one moment the snapshot's digits decide.
  const keys = (await store.list(prefix)).filter((key) => key < limit).sort().reverse();
  const records: ValidationRecord[] = [];
  for (const key of keys) {
    if (records.length === maximumRecords) break;
    const record = parseRecord((await store.read(key))?.body);
    if (record === undefined) logger.warn(`${key} is no record of a validation; it is left out of "failing since"`);
    else records.push(record);
  }
  return records;
}

export interface ValidationRun {
  /** Milliseconds since the Unix epoch. */
  readonly asOf: number;
  readonly snapshot: Digest;
  readonly dataset: Digest;
  readonly checks: readonly Check[];
}

/** The latest run of a moment and snapshot is what counts: the pipeline may have been mended meanwhile. */
export async function recordValidation(store: ArtifactStore, pipeline: string, { asOf, snapshot, dataset, checks }: ValidationRun): Promise<void> {
  const record: ValidationRecord = {
    schema: 'taxiway/validation-record/v1',
    asOf: new Date(asOf).toISOString(),
    snapshot,
    dataset,
    checks: Object.fromEntries(checks.map(({ id, verdict, value }) => [id, { verdict, value }])),
  };
  const key = `${prefixOf(pipeline)}${momentText(asOf)}-${shortDigest(snapshot)}.json`;
  const body = Buffer.from(canonicalJson(record));
  if ((await store.create(key, body)) === 'created') return;
  const kept = await store.read(key);
  // Who replaces it in the same moment has judged the same rows.
  if (kept !== undefined && !body.equals(kept.body)) await store.replace(key, body, kept.etag);
}

/**
 * Says on each failing check since when it has failed, and in how many runs with this one (`details.failedRuns`). A check that failed for the first time
 * says neither. A run that skipped the check or could not tell neither ends nor lengthens the row of failures.
 *
 * @param history newest first
 */
export function withSince(checks: readonly Check[], history: readonly ValidationRecord[]): Check[] {
  return checks.map((check) => {
    if (check.verdict !== 'fail') return check;
    const failed: string[] = [];
    for (const { asOf, checks: earlier } of history) {
      const verdict = Object.hasOwn(earlier, check.id) ? earlier[check.id]?.verdict : undefined;
      if (verdict === 'pass') break;
      if (verdict === 'fail') failed.push(asOf);
    }
    const since = failed.at(-1);
    return since === undefined ? check : { ...check, since, details: { ...check.details, failedRuns: failed.length + 1 } };
  });
}

function parseRecord(body: Uint8Array | undefined): ValidationRecord | undefined {
  try {
    return recordSchema.safeParse(JSON.parse(Buffer.from(body ?? []).toString('utf8'))).data;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

function prefixOf(pipeline: string): string {
  return `validations/${pipeline}/`;
}

/** 20130601T000000Z: sorts as time does, and stands in a key. */
function momentText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}
