import { integer } from './attribute-proto.ts';
import type { Dimension } from './element-type.ts';
import type { GraphBuilder, Value } from './graph-builder.ts';

/** The shape of an element-wise result under ONNX (NumPy) broadcasting. */
export function broadcastShape(left: readonly Dimension[], right: readonly Dimension[]): Dimension[] {
  const rank = Math.max(left.length, right.length);
  return Array.from({ length: rank }, (_, index) => {
    const a = left[left.length - rank + index] ?? 1;
    const b = right[right.length - rank + index] ?? 1;
    return a === 1 ? b : a;
  });
}

/** Undoes broadcasting: sums `value` over the axes along which a tensor of `shape` was repeated. */
export function sumToShape(graph: GraphBuilder, value: Value, shape: readonly Dimension[]): Value {
  if (value.shape.join() === shape.join()) return value;
  const added = value.shape.length - shape.length;
  const axes = value.shape.flatMap((size, index) => (index < added || (shape[index - added] === 1 && size !== 1) ? [index] : []));
  const kept = value.shape.map((size, index) => (axes.includes(index) ? 1 : size));
  const summed = axes.length === 0 ? value : graph.apply('ReduceSum', [value, graph.integers(axes)], { shape: kept, attributes: { keepdims: integer(1) } });
  if (added === 0) return summed;
  return graph.apply('Reshape', [summed, graph.integers(shape.map(Number))], { shape });
}
