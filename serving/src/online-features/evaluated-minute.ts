import type { Row } from '../predict/row-encoder.ts';
import { flightKey } from './flight-ledger.ts';

/** One column of the flights that could leave at a minute. */
export interface FeatureColumn {
  readonly name: string;
  readonly kind: 'number' | 'timestamp' | 'string';
  readonly values: readonly (number | string | null)[];
}

/** The columns of every flight that could leave at one minute, each as if it left then. */
export class EvaluatedMinute {
  /** Newest event that was in the record, milliseconds since the epoch. */
  readonly watermark: number;
  /** Hour of the newest weather observation that was known, milliseconds; undefined where there is none. */
  readonly weather: number | undefined;
  readonly #columns: readonly FeatureColumn[];
  readonly #rows = new Map<string, number>();

  constructor(columns: readonly FeatureColumn[], known: { readonly watermark: number; readonly weather: number | undefined }) {
    this.watermark = known.watermark;
    this.weather = known.weather;
    this.#columns = columns;
    const [ids, scheduled] = [columns.find(({ name }) => name === 'flight_id')?.values ?? [], columns.find(({ name }) => name === 'scheduled_departure')?.values ?? []];
    for (const [row, id] of ids.entries()) this.#rows.set(flightKey(String(id), Number(scheduled[row])), row);
  }

  /** The columns of a flight as a request would bring them; undefined where it could not leave then. */
  row(key: string): Row | undefined {
    const row = this.#rows.get(key);
    if (row === undefined) return undefined;
    const columns: Record<string, string | number | null> = {};
    for (const { name, kind, values } of this.#columns) {
      const value = values[row] ?? null;
      columns[name] = kind === 'timestamp' && typeof value === 'number' ? new Date(value).toISOString() : value;
    }
    return columns;
  }
}
