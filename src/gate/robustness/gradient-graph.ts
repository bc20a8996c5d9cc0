import { forward } from '../../delaynet/forward.ts';
import { headLogits } from '../../delaynet/head.ts';
import type { NetworkPlan } from '../../delaynet/network-plan.ts';
import { parameterLayout } from '../../delaynet/parameter-layout.ts';
import { addFeatureGraph } from '../../features/feature-graph.ts';
import type { Features } from '../../features/features-schema.ts';
import type { FittedFeatures } from '../../features/fit-features.ts';
import { multiply } from '../../onnx/differentiable-arithmetic.ts';
import { meanOfRowSums } from '../../onnx/differentiable-layers.ts';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import { Tape } from '../../onnx/tape.ts';

export interface GradientGraphOptions {
  readonly features: Features;
  readonly fitted: FittedFeatures;
  readonly plan: NetworkPlan;
  /** As `parameterLayout` orders them. */
  readonly weights: Float32Array;
}

/**
 * The network from raw rows to the direction in which it errs. Inputs `num`, `cat` and `turn` [rows, 1]: −1 where the label is 1, +1 where it is 0. Outputs `dense`, the
 * encoded row; `logit` before calibration; `dense.gradient` and, where the head sees a column as it is, `observed.gradient`: the mean over rows of turn · logit, differentiated.
 * Every loss of a logit grows with turn · logit, so these have the sign of the loss's gradient, and do not vanish where the model is sure (Carlini and Wagner, 2017).
 */
export function compileGradientGraph({ features, fitted, plan, weights }: GradientGraphOptions): Uint8Array {
  const graph = new GraphBuilder();
  const encoded = addFeatureGraph(graph, features, fitted);
  const tape = new Tape(graph);
  const watched = encoded.observed === null ? [encoded.dense] : [encoded.dense, encoded.observed];
  tape.watch(...watched);
  const parameters = new Map(parameterLayout(plan).parameters.map(({ name, shape, offset, size }) => [name, graph.constant({ type: 'float', shape, data: weights.subarray(offset, offset + size) })]));
  const outputs = forward(tape, plan, { parameters, inputs: { dense: encoded.dense, ids: encoded.embedded.map(({ ids }) => ids) } });
  const logit = headLogits(tape, outputs, { head: plan.head, cuts: plan.head.type === 'delay' ? [plan.head.cut] : [0], observed: encoded.observed });
  const turned = multiply(tape, logit, graph.input('turn', 'float', ['rows', 1]));
  const [denseGradient, observedGradient] = tape.gradients(meanOfRowSums(tape, turned), watched);
  graph.output(encoded.dense, 'dense');
  graph.output(logit, 'logit');
  if (denseGradient !== undefined) graph.output(denseGradient, 'dense.gradient');
  if (observedGradient !== undefined) graph.output(observedGradient, 'observed.gradient');
  return graph.model('gradient');
}
