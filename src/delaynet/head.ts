import { softplus } from '../onnx/differentiable-activations.ts';
import { add, affine, divide } from '../onnx/differentiable-arithmetic.ts';
import { column } from '../onnx/differentiable-layers.ts';
import type { Value } from '../onnx/graph-builder.ts';
import type { Tape } from '../onnx/tape.ts';
import type { Head } from './training-schema.ts';

/** The cuts that the head is trained on, the label's own first. */
export function trainingCuts(head: Head): readonly number[] {
  return head.type === 'delay' ? [head.cut, ...head['auxiliary-cuts']] : [0];
}

/** Weight of each cut in the loss. */
export function cutWeights(head: Head): readonly number[] {
  return head.type === 'delay' ? [1, ...head['auxiliary-cuts'].map(() => head['auxiliary-weight'])] : [1];
}

/**
 * Logits [rows, cuts] from the network's raw outputs.
 * `sigmoid` passes its one output on. `delay` reads two, o0 and o1, as a logistic distribution of the target around the observed
 * column d (both in minutes for delays): location d + 10·o0 − 6, scale 1 + 3·softplus(o1 + 2); the logit of reaching a cut c is
 * (d + μ − (c − ½)) / s, the half because the target is whole.
 */
export function headLogits(tape: Tape, outputs: Value, options: { readonly head: Head; readonly cuts: readonly number[]; readonly observed: Value | null }): Value {
  const { head, cuts, observed } = options;
  if (head.type === 'sigmoid') return outputs;
  if (!observed) throw new Error('the delay head needs the observed column');
  const location = add(tape, observed, affine(tape, column(tape, outputs, 0), { factor: 10, offset: -6 }));
  const scale = affine(tape, softplus(tape, affine(tape, column(tape, outputs, 1), { factor: 1, offset: 2 })), { factor: 3, offset: 1 });
  const bounds = tape.graph.constant({ type: 'float', shape: [1, cuts.length], data: cuts.map((cut) => -(cut - 0.5)) });
  return divide(tape, add(tape, location, bounds), scale);
}
