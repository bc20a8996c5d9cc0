import type { Table } from '../../data/table.ts';
import type { MeasuredColumn } from './plausible-steps.ts';
import type { WhiteBox } from './white-box.ts';

export interface GradientAttack {
  /** The rows under attack. */
  readonly table: Table;
  /** 0 or 1 per row. */
  readonly labels: Uint8Array;
  readonly columns: readonly MeasuredColumn[];
  /** Largest step of a column, in its spread. */
  readonly epsilon: number;
  /** What is plausible where it is less, in the column's own unit. */
  readonly maximumStep: Readonly<Record<string, number>>;
  /** 1 is FGSM (Goodfellow et al., 2015); more is PGD (Madry et al., 2018) from the rows themselves, with steps of 2.5 ε / steps. */
  readonly steps: number;
}

/**
 * The rows as the model errs on them most within the steps that are plausible, as far as its gradient tells. Raw columns move, so that one that reaches the network twice (encoded, and
 * as the head observes it) stays one value, and the exact model.onnx is asked in the end. How a step of a raw column moves its encoding is measured by a difference over the step
 * itself, which also sees past the flat pieces of a quantile encoding. A column that shares its encoding with others is measured by itself. Missing values stay missing.
 */
export async function attackRows(box: WhiteBox, attack: GradientAttack): Promise<Table> {
  const { table, labels } = attack;
  const turns = Float32Array.from(labels, (label) => (label === 1 ? -1 : 1));
  const columns = attackedColumns(box, attack);
  const stride = attack.steps === 1 ? 1 : 2.5 / attack.steps;
  let current = table;
  for (let step = 0; step < attack.steps; step++) {
    const { dense, observed } = await box.gradients(current, turns);
    const measure = async (moved: readonly AttackedColumn[]): Promise<Moved> => ({ above: await box.encode(shifted(current, moved, 0.5 * stride)), below: await box.encode(shifted(current, moved, -0.5 * stride)) });
    const together = await measure(columns.filter(({ shares }) => !shares));
    const alone = new Map<string, Moved>();
    for (const column of columns) if (column.shares) alone.set(column.name, await measure([column]));
    current = withColumns(current, columns, (column, values) => {
      const start = table.numbers.get(column.name) ?? values;
      const { above, below } = alone.get(column.name) ?? together;
      return values.map((value, row) => {
        const offset = row * box.encoded.length;
        let slope = column.observed ? (observed[row] ?? 0) * stride * column.step : 0;
        for (const place of column.places) slope += (dense[offset + place] ?? 0) * ((above[offset + place] ?? 0) - (below[offset + place] ?? 0));
        return within(value + Math.sign(slope) * stride * column.step, column, start[row] ?? Number.NaN);
      });
    });
  }
  return current;
}

/** Encoded rows half a step up and half a step down. */
interface Moved {
  readonly above: Float32Array;
  readonly below: Float32Array;
}

interface AttackedColumn extends MeasuredColumn {
  /** Largest step, in the column's own unit. */
  readonly step: number;
  /** Where its encoding lies. */
  readonly places: readonly number[];
  /** Whether another attacked column has a part in one of them. */
  readonly shares: boolean;
  readonly observed: boolean;
}

function attackedColumns(box: WhiteBox, { columns, epsilon, maximumStep }: GradientAttack): AttackedColumn[] {
  const read = columns.filter(({ name }) => box.columns.includes(name));
  const attacked = new Set(read.map(({ name }) => name));
  return read.map((column) => {
    const places = box.sources.flatMap((sources, place) => (sources.includes(column.name) ? [place] : []));
    return {
      ...column,
      step: Math.min(epsilon * column.spread, maximumStep[column.name] ?? Number.POSITIVE_INFINITY),
      places,
      shares: places.some((place) => (box.sources[place] ?? []).some((source) => source !== column.name && attacked.has(source))),
      observed: box.observed === column.name,
    };
  });
}

/** Never further from the start than the step, nor out of the column's range; a value that lay outside from the start stays where it was. */
function within(value: number, { step, range }: AttackedColumn, start: number): number {
  const low = Math.max(start - step, Math.min(start, range[0]));
  const high = Math.min(start + step, Math.max(start, range[1]));
  return Math.min(high, Math.max(low, value));
}

function shifted(table: Table, columns: readonly AttackedColumn[], steps: number): Table {
  return withColumns(table, columns, ({ step }, values) => values.map((value) => value + steps * step));
}

function withColumns<Column extends MeasuredColumn>(table: Table, columns: readonly Column[], change: (column: Column, values: Float64Array) => Float64Array): Table {
  const numbers = new Map(table.numbers);
  for (const column of columns) {
    const values = table.numbers.get(column.name);
    if (values !== undefined) numbers.set(column.name, change(column, values));
  }
  return { ...table, numbers };
}
