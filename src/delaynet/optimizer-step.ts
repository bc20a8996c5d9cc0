import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import type { ParameterLayout } from './parameter-layout.ts';
import type { Optimizer } from './training-schema.ts';

export interface Moments {
  readonly first: Value;
  readonly second: Value;
}

export interface OptimizerInputs extends Moments {
  /** Trainable parameters and their gradient, flat. */
  readonly weights: Value;
  readonly gradient: Value;
  /** Number of this step, from 1; a float scalar. */
  readonly step: Value;
  readonly learningRate: Value;
}

/** Adam (Kingma and Ba, 2015) or AdamW (Loshchilov and Hutter, 2019) on flat vectors, with bias-corrected moments. */
export function optimizerStep(graph: GraphBuilder, inputs: OptimizerInputs, options: { readonly optimizer: Optimizer; readonly layout: ParameterLayout }): Moments & { readonly weights: Value } {
  const { optimizer, layout } = options;
  const shape = [layout.trainable];
  const vector = (operator: string, ...operands: Value[]): Value => graph.apply(operator, operands, { shape });
  const scalar = (operator: string, ...operands: Value[]): Value => graph.apply(operator, operands, { shape: [] });
  const decay = optimizer['weight-decay'];
  const decayMask = (): Value =>
    graph.constant({ type: 'float', shape, data: Float32Array.from({ length: layout.trainable }, (_, index) => (index < layout.decayed ? decay : 0)) });
  const gradient = optimizer.type === 'adam' && decay > 0 ? vector('Add', inputs.gradient, vector('Mul', inputs.weights, decayMask())) : inputs.gradient;
  const average = (old: Value, fresh: Value, beta: number): Value =>
    vector('Add', vector('Mul', old, graph.scalar(beta)), vector('Mul', fresh, graph.scalar(1 - beta)));
  const first = average(inputs.first, gradient, optimizer.beta1);
  const second = average(inputs.second, vector('Mul', gradient, gradient), optimizer.beta2);
  const correction = (beta: number): Value => scalar('Sub', graph.scalar(1), scalar('Pow', graph.scalar(beta), inputs.step));
  // lr·(m/c1)/(√(v/c2) + ε), with the scalars gathered so that each vector is touched once.
  const size = scalar('Div', inputs.learningRate, correction(optimizer.beta1));
  const root = scalar('Sqrt', correction(optimizer.beta2));
  const spread = vector('Add', vector('Div', vector('Sqrt', second), root), graph.scalar(optimizer.epsilon));
  const update = vector('Div', vector('Mul', first, size), spread);
  if (optimizer.type === 'adam' || decay === 0) return { first, second, weights: vector('Sub', inputs.weights, update) };
  const shrunk = vector('Mul', vector('Mul', inputs.weights, decayMask()), inputs.learningRate);
  return { first, second, weights: vector('Sub', vector('Sub', inputs.weights, shrunk), update) };
}
