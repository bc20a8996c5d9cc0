import type { Table } from '../../src/data/table.ts';
import { encodeTable, type EncodedRows } from '../../src/features/encode-table.ts';
import { compileFeatureGraph } from '../../src/features/feature-graph.ts';
import { type Features, featuresSchema } from '../../src/features/features-schema.ts';
import { fitFeatures, fittedFeaturesSchema } from '../../src/features/fit-features.ts';
import { onnxRuntimeEngine } from './onnxruntime-engine.ts';

const engine = onnxRuntimeEngine();

/** A table from plain lists. */
export function tableOf(numbers: Record<string, readonly number[]>, strings: Record<string, readonly string[]> = {}): Table {
  const rows = (Object.values(numbers)[0] ?? Object.values(strings)[0] ?? []).length;
  return { rows, numbers: new Map(Object.entries(numbers).map(([name, values]) => [name, Float64Array.from(values)])), strings: new Map(Object.entries(strings)) };
}

/** Fits `features` on `train` and encodes `table` (the same rows unless given), through what would be stored. */
export async function encodeFeatures(features: unknown, train: Table, options: { table?: Table; labels?: number[]; observed?: string } = {}): Promise<EncodedRows & { names: readonly string[] }> {
  const parsed: Features = featuresSchema.parse(features);
  const labels = Float64Array.from(options.labels ?? new Array<number>(train.rows).fill(0));
  const fitted = fitFeatures(parsed, { table: train, labels, ...(options.observed === undefined ? {} : { observed: options.observed }) });
  // What is stored is JSON: it must survive the way there and back.
  const stored = fittedFeaturesSchema.parse(JSON.parse(JSON.stringify(fitted)));
  return { ...(await encodeTable(options.table ?? train, { features: parsed, fitted: stored }, engine)), names: compileFeatureGraph(parsed, stored).names };
}
