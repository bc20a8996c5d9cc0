import { z } from 'zod';
import type { Check } from '../verdict/verdict.ts';

const detailsSchema = z.object({
  slice: z.object({ column: z.string(), value: z.string(), metric: z.string() }),
  champion: z.number().nullable().optional(),
  gain: z.number().nullable().optional(),
  gainInterval: z.tuple([z.number(), z.number()]).nullable().optional(),
});

export interface SliceCell {
  readonly check: Check;
  readonly gain: number | null | undefined;
  readonly gainInterval: readonly [number, number] | null | undefined;
}

export interface SliceRow {
  readonly column: string;
  readonly value: string;
  /** By metric. */
  readonly cells: ReadonlyMap<string, SliceCell>;
}

export interface SliceTable {
  readonly metrics: readonly string[];
  readonly rows: readonly SliceRow[];
}

/** The checks that are about a slice as one table, a row for each slice in the order of the checks; undefined where there is none. */
export function sliceTable(checks: readonly Check[]): SliceTable | undefined {
  const rows = new Map<string, { column: string; value: string; cells: Map<string, SliceCell> }>();
  for (const check of checks) {
    const parsed = detailsSchema.safeParse(check.details);
    if (!parsed.success) continue;
    const { slice, gain, gainInterval } = parsed.data;
    const key = JSON.stringify([slice.column, slice.value]);
    const row = rows.get(key) ?? { column: slice.column, value: slice.value, cells: new Map<string, SliceCell>() };
    rows.set(key, row);
    row.cells.set(slice.metric, { check, gain, gainInterval });
  }
  if (rows.size === 0) return undefined;
  return { rows: [...rows.values()], metrics: [...new Set([...rows.values()].flatMap(({ cells }) => [...cells.keys()]))] };
}

export function isSlice({ details }: Check): boolean {
  return detailsSchema.safeParse(details).success;
}
