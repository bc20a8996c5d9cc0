import type { Table } from '../data/table.ts';
import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import { PredictionColumns } from './prediction-columns.ts';
import { daysOf, type DriftWindow } from './windows.ts';

/** What the service has answered, one row per key; every array has `table.rows` entries. */
export interface PredictionRows {
  /** Key and feature columns as the client sent them. */
  readonly table: Table;
  /** Identity of each row, as `rowKey` makes it. */
  readonly keys: readonly string[];
  readonly probability: Float64Array;
  readonly threshold: Float64Array;
  readonly decision: Uint8Array;
  readonly version: Int32Array;
  /** The minute that the service computed the row's columns for, UTC milliseconds; NaN where they were sent. */
  readonly askedAt: Float64Array;
  /** Lines that could not be read: a pod killed in the middle of a line leaves one. */
  readonly malformed: number;
  /** Repeated answers for one key; the first one counts. */
  readonly duplicates: number;
}

export interface LoggedRow {
  readonly receivedAt: string;
  readonly version: number;
  readonly probability: number;
  readonly threshold: number;
  readonly decision: 0 | 1;
  /** UTC milliseconds, or NaN. */
  readonly askedAt: number;
  readonly columns: Readonly<Record<string, unknown>>;
}

/**
 * The prediction log of an environment for the days of a window: `predictions/<environment>/<day>/*.jsonl` in the store, one row per key, the first answer first.
 */
export async function readPredictions(store: ArtifactStore, environment: string, options: { definition: PipelineDefinition; window: DriftWindow }): Promise<PredictionRows> {
  const { definition, window } = options;
  const columns = new PredictionColumns(definition);
  const byKey = new Map<string, { row: number; receivedAt: string }>();
  let malformed = 0;
  let duplicates = 0;
  for (const day of daysOf(window)) {
    for (const file of await store.list(`predictions/${environment}/${day}/`)) {
      const stored = await store.read(file);
      if (stored === undefined) continue;
      for (const line of Buffer.from(stored.body).toString('utf8').split('\n')) {
        if (line === '') continue;
        const row = parseLine(line);
        const key = row === undefined ? undefined : loggedKey(row, definition);
        if (row === undefined || key === undefined) {
          malformed++;
          continue;
        }
        const earlier = byKey.get(key);
        if (earlier !== undefined) duplicates++;
        if (earlier !== undefined && earlier.receivedAt <= row.receivedAt) continue;
        byKey.set(key, { row: columns.write(row, earlier?.row), receivedAt: row.receivedAt });
      }
    }
  }
  // Files come in the order of pod names; the order of keys is the same however many pods answered.
  const keys = [...byKey.keys()].sort();
  const order = Int32Array.from(keys, (key) => byKey.get(key)?.row ?? 0);
  return { ...columns.read(order), keys, malformed, duplicates };
}

/** A row's identity: its key columns, timestamps as milliseconds. Undefined where one is missing. */
export function rowKey(valueOf: (column: string) => string | number | undefined, definition: PipelineDefinition): string | undefined {
  const parts = definition.data.dataset.key.map(valueOf);
  return parts.some((part) => part === undefined || part === '' || Number.isNaN(part)) ? undefined : parts.join('|');
}

/** Identity of every row of a table. */
export function tableKeys(table: Table, definition: PipelineDefinition): (string | undefined)[] {
  const columns = definition.data.dataset.key.map((name) => [name, table.numbers.get(name) ?? table.strings.get(name)] as const);
  const byName = new Map(columns);
  return Array.from({ length: table.rows }, (_, row) => rowKey((name) => byName.get(name)?.[row], definition));
}

function loggedKey(row: LoggedRow, definition: PipelineDefinition): string | undefined {
  return rowKey((name) => {
    const value = row.columns[name];
    if (definition.columns[name]?.type === 'timestamp') return typeof value === 'number' ? value : Date.parse(String(value));
    return typeof value === 'string' || typeof value === 'number' ? value : undefined;
  }, definition);
}

function parseLine(line: string): LoggedRow | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { received_at: receivedAt, model_version: version, probability, threshold, decision, asked_at: askedAt, columns } = value as Record<string, unknown>;
  if (typeof probability !== 'number' || !(probability >= 0 && probability <= 1) || typeof threshold !== 'number') return undefined;
  if (decision !== 0 && decision !== 1) return undefined;
  if (typeof columns !== 'object' || columns === null) return undefined;
  const number = typeof version === 'number' ? version : Number(String(version).replace(/^\D+/, ''));
  if (!Number.isInteger(number)) return undefined;
  return { receivedAt: String(receivedAt), version: number, probability, threshold, decision, askedAt: typeof askedAt === 'string' ? Date.parse(askedAt) : Number.NaN, columns: columns as Record<string, unknown> };
}
