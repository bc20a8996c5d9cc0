import { float } from './attribute-proto.ts';
import type { GraphBuilder, Value } from './graph-builder.ts';
import type { Tape } from './tape.ts';

const product = (graph: GraphBuilder, left: Value, right: Value): Value => graph.apply('Mul', [left, right], { shape: left.shape });

/** max(0, x). */
export function relu(tape: Tape, value: Value): Value {
  const { graph } = tape;
  const output = graph.apply('Relu', [value], { shape: value.shape });
  // A steep hard sigmoid of the output, which is never negative, is the 0/1 mask in one vectorised operation; `Sign` is not vectorised.
  return tape.record(output, [value], (gradient) => {
    const mask = graph.apply('HardSigmoid', [output], { shape: value.shape, attributes: { alpha: float(3e38), beta: float(0) } });
    return [product(graph, gradient, mask)];
  });
}

/** The hyperbolic tangent. */
export function tanh(tape: Tape, value: Value): Value {
  const { graph } = tape;
  const { shape } = value;
  const output = graph.apply('Tanh', [value], { shape });
  return tape.record(output, [value], (gradient) => [product(graph, gradient, graph.apply('Sub', [graph.scalar(1), product(graph, output, output)], { shape }))]);
}

/** 1 / (1 + e^−x). */
export function sigmoid(tape: Tape, value: Value): Value {
  const { graph } = tape;
  const { shape } = value;
  const output = graph.apply('Sigmoid', [value], { shape });
  return tape.record(output, [value], (gradient) => {
    const slope = product(graph, output, graph.apply('Sub', [graph.scalar(1), output], { shape }));
    return [product(graph, gradient, slope)];
  });
}

/** ln(1 + e^x). */
export function softplus(tape: Tape, value: Value): Value {
  const { graph } = tape;
  return tape.record(graph.apply('Softplus', [value], { shape: value.shape }), [value], (gradient) => [
    product(graph, gradient, graph.apply('Sigmoid', [value], { shape: value.shape })),
  ]);
}
