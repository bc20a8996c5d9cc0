import type { Table } from '../data/table.ts';
import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';

export type ClientValue = string | number | null;

/** golden.json: test rows exactly as a client sends them, with the scores the gate saw. Asked again of every image and rollout. */
export interface GoldenRequests {
  readonly schema: 'taxiway/golden/v1';
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly columns: Readonly<Record<string, ClientValue>>;
    readonly probability: number;
    readonly championProbability?: number;
  }[];
  readonly threshold: number;
  /** The champion's own; where rows have its probability. */
  readonly championThreshold?: number;
}

/** The columns a client sends: keys and features, in the order of the pipeline file. */
export function clientColumns(definition: PipelineDefinition): string[] {
  return Object.entries(definition.columns)
    .filter(([, column]) => column.role === 'key' || column.role === 'feature')
    .map(([name]) => name);
}

/** One row as a client sends it: timestamps as ISO text, missing as null. */
export function clientRow(table: Table, row: number, definition: PipelineDefinition): Record<string, ClientValue> {
  const values: Record<string, ClientValue> = {};
  for (const name of clientColumns(definition)) {
    const number = table.numbers.get(name)?.[row];
    const text = table.strings.get(name)?.[row];
    if (number !== undefined && Number.isFinite(number)) {
      values[name] = definition.columns[name]?.type === 'timestamp' ? new Date(number).toISOString() : number;
    } else {
      values[name] = text === undefined || text === '' ? null : text;
    }
  }
  return values;
}

export interface GoldenRequestsOptions {
  readonly table: Table;
  readonly definition: PipelineDefinition;
  readonly scores: Float64Array;
  readonly champion: { readonly scores: Float64Array; readonly threshold: number } | undefined;
  readonly threshold: number;
  readonly count: number;
}

/** Rows spread evenly over the test window, so that every hour and airport has its share. */
export function goldenRequests(options: GoldenRequestsOptions): GoldenRequests {
  const { table, definition, scores, champion, threshold } = options;
  const count = Math.min(options.count, table.rows);
  const positions = Array.from({ length: count }, (_, index) => Math.floor(((index + 0.5) * table.rows) / count));
  return {
    schema: 'taxiway/golden/v1',
    columns: clientColumns(definition),
    rows: positions.map((row) => {
      const championProbability = champion?.scores[row];
      return {
        columns: clientRow(table, row, definition),
        probability: scores[row] ?? Number.NaN,
        ...(championProbability === undefined ? {} : { championProbability }),
      };
    }),
    threshold,
    ...(champion === undefined ? {} : { championThreshold: champion.threshold }),
  };
}

