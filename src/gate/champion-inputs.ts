import type { Table } from '../data/table.ts';
import { readModelDescription } from '../delaynet/model-description.ts';
import type { Candidate } from './candidate.ts';

/** Columns that a model reads, by kind. */
export interface ModelInputs {
  readonly num: readonly string[];
  readonly cat: readonly string[];
}

/** What the live model reads: it may know columns that the present pipeline file no longer names. @throws UserError model-invalid */
export function championInputs(champion: Candidate | undefined): ModelInputs {
  return champion === undefined ? { num: [], cat: [] } : readModelDescription(champion.model).inputs;
}

/** The rows with every input there: a column that they lack is missing in each of them, as it is for the live model once nobody sends it. */
export function withInputs(table: Table, { num, cat }: ModelInputs): { readonly table: Table; readonly lacking: readonly string[] } {
  const numbers = num.filter((name) => !table.numbers.has(name));
  const strings = cat.filter((name) => !table.strings.has(name));
  if (numbers.length + strings.length === 0) return { table, lacking: [] };
  const filled = {
    rows: table.rows,
    numbers: new Map([...table.numbers, ...numbers.map((name) => [name, new Float64Array(table.rows).fill(Number.NaN)] as const)]),
    strings: new Map([...table.strings, ...strings.map((name) => [name, new Array<string>(table.rows).fill('')] as const)]),
  };
  return { table: filled, lacking: [...numbers, ...strings] };
}

/** For people: that the comparison is with the champion as it would be without the columns. */
export function lackingNote(lacking: readonly string[]): string[] {
  return lacking.length === 0 ? [] : [`The snapshot has no ${lacking.join(', ')}: the champion was asked with ${lacking.length === 1 ? 'this input' : 'these inputs'} missing.`];
}
