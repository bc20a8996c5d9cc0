import { float, floats, integer, integers, strings } from '../onnx/attribute-proto.ts';
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { mlDomain } from '../onnx/model-proto.ts';

/** Position in `vocabulary` plus one, 0 for anything else: [rows, 1] strings → [rows, 1] int64. */
export function lookUpIds(graph: GraphBuilder, text: Value, vocabulary: readonly string[]): Value {
  if (vocabulary.length === 0) return lookUpIds(graph, text, ['\u0000no category is frequent enough']);
  return graph.apply('LabelEncoder', [text], {
    shape: text.shape,
    type: 'int64',
    domain: mlDomain,
    attributes: { keys_strings: strings(vocabulary), values_int64s: integers(vocabulary.map((_, index) => index + 1)), default_int64: integer(0) },
  });
}

/** The number of each category, `fallback` for anything else: [rows, 1] strings → [rows, 1] floats. */
export function lookUpNumbers(graph: GraphBuilder, text: Value, mapping: { readonly keys: readonly string[]; readonly values: readonly number[]; readonly fallback: number }): Value {
  return graph.apply('LabelEncoder', [text], {
    shape: text.shape,
    type: 'float',
    domain: mlDomain,
    attributes: { keys_strings: strings(mapping.keys), values_floats: floats(mapping.values), default_float: float(mapping.fallback) },
  });
}
