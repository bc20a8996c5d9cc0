import { integer } from '../onnx/attribute-proto.ts';
import { GraphBuilder, type Value } from '../onnx/graph-builder.ts';
import { largestNumber } from './column-values.ts';
import { createTransform, type Features } from './features-schema.ts';
import type { EmbeddedColumn, FeatureGraphContext } from './feature-transform.ts';
import type { FittedFeatures } from './fit-features.ts';

export interface EncodedFeatures {
  /** [rows, names.length] floats. */
  readonly dense: Value;
  readonly names: readonly string[];
  /** Dense columns of each entry of `features`, in order. */
  readonly widths: readonly number[];
  readonly embedded: readonly EmbeddedColumn[];
  /** [rows, 1]: the observed column as it is, missing values replaced; null where the head needs none. */
  readonly observed: Value | null;
}

/** Inputs that are never empty: a graph of only numbers still takes a `cat` of width 0. */
function addInputs(graph: GraphBuilder, fitted: FittedFeatures): { numbers: Value; text: Value } {
  return {
    numbers: graph.input('num', 'float', ['rows', fitted.numberColumns.length]),
    text: graph.input('cat', 'string', ['rows', fitted.stringColumns.length]),
  };
}

/** NaN and both infinities: no measurement, and x − x is NaN for each of them. */
function findMissing(graph: GraphBuilder, numbers: Value): Value {
  return graph.apply('IsNaN', [graph.apply('Sub', [numbers, numbers], { shape: numbers.shape })], { shape: numbers.shape, type: 'bool' });
}

function fillMissing(graph: GraphBuilder, inputs: { readonly numbers: Value; readonly missing: Value }, fitted: FittedFeatures): Value {
  const { shape } = inputs.numbers;
  const medians = fitted.numberColumns.map(({ median }) => median);
  const row = graph.constant({ type: 'float', shape: [1, medians.length], data: medians });
  const filled = graph.apply('Where', [inputs.missing, row, inputs.numbers], { shape, type: 'float' });
  return graph.apply('Clip', [filled, graph.scalar(-largestNumber), graph.scalar(largestNumber)], { shape });
}

/**
 * Adds the whole encoding to `graph`: inputs `num` [rows, numbers] floats with NaN (or ±∞) for missing and `cat` [rows, strings] with ''
 * for missing, to what the network takes. Whatever the inputs hold, the encoding is finite. Training, evaluation and serving all run exactly these nodes.
 */
export function addFeatureGraph(graph: GraphBuilder, features: Features, fitted: FittedFeatures): EncodedFeatures {
  const inputs = addInputs(graph, fitted);
  const missing = findMissing(graph, inputs.numbers);
  const filled = fitted.numberColumns.length === 0 ? inputs.numbers : fillMissing(graph, { numbers: inputs.numbers, missing }, fitted);
  const numberNames = fitted.numberColumns.map(({ name }) => name);
  const pick = (source: Value, positions: readonly number[]): Value =>
    graph.apply('Gather', [source, graph.integers(positions)], { shape: ['rows', positions.length], attributes: { axis: integer(1) } });
  const positions = (columns: readonly string[]): number[] => columns.map((name) => numberNames.indexOf(name));
  const context: FeatureGraphContext = {
    graph,
    numbers: (columns) => pick(filled, positions(columns)),
    missing: (columns) => pick(missing, positions(columns)),
    text: (column) => pick(inputs.text, [fitted.stringColumns.indexOf(column)]),
  };
  const blocks = features.map((feature, index) => createTransform(feature).addTo(context, fitted.transforms[index]));
  const dense = blocks.flatMap((block) => (block.dense ? [block.dense] : []));
  const names = dense.flatMap((block) => block.names);
  return {
    dense: graph.apply('Concat', dense.map((block) => block.value), { shape: ['rows', names.length], attributes: { axis: integer(1) } }),
    names,
    widths: blocks.map((block) => block.dense?.names.length ?? 0),
    embedded: blocks.flatMap((block) => block.embedded ?? []),
    observed: fitted.observed === null ? null : context.numbers([fitted.observed]),
  };
}

export interface FeatureGraph {
  readonly model: Uint8Array;
  readonly names: readonly string[];
  readonly widths: readonly number[];
  readonly embedded: readonly Omit<EmbeddedColumn, 'ids'>[];
}

/** The encoding as a model of its own: outputs `dense`, `ids` [rows, embedded] int64 and `observed` (the last two where there are any). */
export function compileFeatureGraph(features: Features, fitted: FittedFeatures): FeatureGraph {
  const graph = new GraphBuilder();
  const encoded = addFeatureGraph(graph, features, fitted);
  graph.output(encoded.dense, 'dense');
  if (encoded.embedded.length > 0) {
    const columns = encoded.embedded.map(({ ids }) => graph.apply('Unsqueeze', [ids, graph.integers([1])], { shape: ['rows', 1] }));
    graph.output(graph.apply('Concat', columns, { shape: ['rows', columns.length], attributes: { axis: integer(1) } }), 'ids');
  }
  if (encoded.observed) graph.output(encoded.observed, 'observed');
  return {
    model: graph.model('features'),
    names: encoded.names,
    widths: encoded.widths,
    embedded: encoded.embedded.map(({ column, vocabulary, dimensions }) => ({ column, vocabulary, dimensions })),
  };
}
