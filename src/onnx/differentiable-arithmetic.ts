import { broadcastShape, sumToShape } from './broadcast.ts';
import type { Value } from './graph-builder.ts';
import type { Tape } from './tape.ts';

/** left + right, broadcast. */
export function add(tape: Tape, left: Value, right: Value): Value {
  const { graph } = tape;
  const sum = graph.apply('Add', [left, right], { shape: broadcastShape(left.shape, right.shape) });
  return tape.record(sum, [left, right], (gradient) => [
    tape.needs(left) ? sumToShape(graph, gradient, left.shape) : null,
    tape.needs(right) ? sumToShape(graph, gradient, right.shape) : null,
  ]);
}

/** left · right, element-wise and broadcast. */
export function multiply(tape: Tape, left: Value, right: Value): Value {
  const { graph } = tape;
  const shape = broadcastShape(left.shape, right.shape);
  const times = (gradient: Value, factor: Value): Value => graph.apply('Mul', [gradient, factor], { shape });
  return tape.record(graph.apply('Mul', [left, right], { shape }), [left, right], (gradient) => [
    tape.needs(left) ? sumToShape(graph, times(gradient, right), left.shape) : null,
    tape.needs(right) ? sumToShape(graph, times(gradient, left), right.shape) : null,
  ]);
}

/** left ÷ right, element-wise and broadcast. */
export function divide(tape: Tape, left: Value, right: Value): Value {
  const { graph } = tape;
  const shape = broadcastShape(left.shape, right.shape);
  const quotient = graph.apply('Div', [left, right], { shape });
  return tape.record(quotient, [left, right], (gradient) => {
    const scaled = graph.apply('Div', [gradient, right], { shape });
    return [
      tape.needs(left) ? sumToShape(graph, scaled, left.shape) : null,
      tape.needs(right) ? sumToShape(graph, graph.apply('Neg', [graph.apply('Mul', [scaled, quotient], { shape })], { shape }), right.shape) : null,
    ];
  });
}

/** factor · value + offset, with constants. */
export function affine(tape: Tape, value: Value, constants: { readonly factor: number; readonly offset: number }): Value {
  const { graph } = tape;
  const { shape } = value;
  const scale = (input: Value): Value => (constants.factor === 1 ? input : graph.apply('Mul', [input, graph.scalar(constants.factor)], { shape }));
  const scaled = scale(value);
  const shifted = constants.offset === 0 ? scaled : graph.apply('Add', [scaled, graph.scalar(constants.offset)], { shape });
  return shifted === value ? value : tape.record(shifted, [value], (gradient) => [scale(gradient)]);
}

/** value to a constant power ≥ 1; the base must not be negative unless the exponent is an integer. */
export function power(tape: Tape, value: Value, exponent: number): Value {
  if (exponent === 1) return value;
  const { graph } = tape;
  const { shape } = value;
  const raise = (to: number): Value => {
    if (to === 1) return value;
    if (to === 2) return graph.apply('Mul', [value, value], { shape });
    return graph.apply('Pow', [value, graph.scalar(to)], { shape });
  };
  return tape.record(raise(exponent), [value], (gradient) => {
    const slope = graph.apply('Mul', [raise(exponent - 1), graph.scalar(exponent)], { shape });
    return [graph.apply('Mul', [gradient, slope], { shape })];
  });
}
