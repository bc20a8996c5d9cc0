import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';
import type { LoggedRow, PredictionRows } from './predictions.ts';

type Values = Omit<PredictionRows, 'keys' | 'malformed' | 'duplicates'>;

/** Numbers of an answer, one after the other. */
const answerParts = 5;

/** Columns that grow row by row: the parsed line is let go at once, so a month of log never lives twice in memory. */
export class PredictionColumns {
  private readonly numbers: { readonly name: string; readonly isTimestamp: boolean; values: Float64Array }[] = [];
  private readonly strings: { readonly name: string; readonly values: string[]; readonly known: Map<string, string> }[] = [];
  private answers = new Float64Array(0);
  private capacity = 0;
  private rows = 0;

  constructor(definition: PipelineDefinition) {
    for (const [name, { role, type }] of Object.entries(definition.columns)) {
      if (role !== 'key' && role !== 'feature') continue;
      if (type === 'string') this.strings.push({ name, values: [], known: new Map() });
      else this.numbers.push({ name, isTimestamp: type === 'timestamp', values: new Float64Array(0) });
    }
  }

  /** Appends a row, or writes over an earlier one. @returns its position */
  write({ probability, threshold, decision, version, askedAt, columns }: LoggedRow, over: number | undefined): number {
    const row = over ?? this.rows;
    if (row === this.rows) this.rows++;
    if (this.rows > this.capacity) this.grow();
    this.answers.set([probability, threshold, decision, version, askedAt], answerParts * row);
    for (const { name, isTimestamp, values } of this.numbers) values[row] = numberOf(columns[name], isTimestamp);
    for (const { name, values, known } of this.strings) {
      const value = columns[name];
      const text = typeof value === 'string' ? value : '';
      // One copy of each text: a slice of the parsed line would keep the whole line alive.
      const shared = known.get(text);
      if (shared === undefined) known.set(text, text);
      values[row] = shared ?? text;
    }
    return row;
  }

  /** The rows in a given order. */
  read(order: Int32Array): Values {
    const answer = (part: number): Float64Array => Float64Array.from(order, (row) => this.answers[answerParts * row + part] ?? Number.NaN);
    return {
      table: {
        rows: order.length,
        numbers: new Map(this.numbers.map(({ name, values }) => [name, Float64Array.from(order, (row) => values[row] ?? Number.NaN)])),
        strings: new Map(this.strings.map(({ name, values }) => [name, Array.from(order, (row) => values[row] ?? '')])),
      },
      probability: answer(0),
      threshold: answer(1),
      decision: Uint8Array.from(answer(2)),
      version: Int32Array.from(answer(3)),
      askedAt: answer(4),
    };
  }

  private grow(): void {
    this.capacity = Math.max(4096, 2 * this.capacity);
    for (const column of this.numbers) column.values = enlarged(column.values, this.capacity);
    this.answers = enlarged(this.answers, answerParts * this.capacity);
  }
}

function enlarged(values: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length);
  larger.set(values);
  return larger;
}

function numberOf(value: unknown, isTimestamp: boolean): number {
  if (typeof value === 'number') return value;
  return isTimestamp && typeof value === 'string' ? Date.parse(value) : Number.NaN;
}
