import { sigmoid, softplus } from '../onnx/differentiable-activations.ts';
import { multiply, power } from '../onnx/differentiable-arithmetic.ts';
import { meanOfRowSums } from '../onnx/differentiable-layers.ts';
import type { Value } from '../onnx/graph-builder.ts';
import type { Tape } from '../onnx/tape.ts';
import type { Loss } from './training-schema.ts';

export interface LossWeights {
  readonly negative: number;
  readonly positive: number;
  /** Exponent of the focal factor; 0 is cross-entropy. */
  readonly gamma: number;
}

/** The loss as numbers; `positiveShare` of the training rows decides balanced class weights. */
export function lossWeights(loss: Loss, positiveShare: number): LossWeights {
  if (loss.type === 'focal') return { negative: 1 - loss.alpha, positive: loss.alpha, gamma: loss.gamma };
  const weights = loss['class-weights'];
  if (weights === 'balanced') return { negative: 0.5 / (1 - positiveShare), positive: 0.5 / positiveShare, gamma: 0 };
  return { negative: weights?.negative ?? 1, positive: weights?.positive ?? 1, gamma: 0 };
}

/**
 * Mean over rows of Σ over cuts of weight · class weight · (1 − p)^γ · −ln p, where p is the probability given to the true class.
 * `logits` and the 0/1 `targets` are [rows, cuts].
 */
export function weightedLoss(tape: Tape, logits: Value, options: { readonly targets: Value; readonly weights: LossWeights; readonly cutWeights: readonly number[] }): Value {
  const { graph } = tape;
  const { targets, weights, cutWeights } = options;
  const { shape } = targets;
  const scaled = (value: Value, factor: number, offset: number): Value =>
    graph.apply('Add', [graph.apply('Mul', [value, graph.scalar(factor)], { shape }), graph.scalar(offset)], { shape });
  // −ln p of the true class is softplus of the logit turned against it.
  const against = multiply(tape, logits, scaled(targets, -2, 1));
  let loss = softplus(tape, against);
  if (weights.gamma !== 0) loss = multiply(tape, loss, power(tape, sigmoid(tape, against), weights.gamma));
  if (weights.positive !== 1 || weights.negative !== 1) loss = multiply(tape, loss, scaled(targets, weights.positive - weights.negative, weights.negative));
  if (cutWeights.some((weight) => weight !== 1)) loss = multiply(tape, loss, graph.constant({ type: 'float', shape: [1, cutWeights.length], data: cutWeights }));
  return meanOfRowSums(tape, loss);
}
