import { addFeatureGraph } from '../features/feature-graph.ts';
import type { Features } from '../features/features-schema.ts';
import type { FittedFeatures } from '../features/fit-features.ts';
import { seenCategories } from '../features/seen-categories.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import type { LogitCalibration } from './calibration.ts';
import { addLogits } from './logit-graph.ts';
import { describeModel } from './model-description.ts';
import type { NetworkPlan } from './network-plan.ts';
import { parameterLayout } from './parameter-layout.ts';

export interface ExportOptions {
  readonly features: Features;
  readonly fitted: FittedFeatures;
  readonly plan: NetworkPlan;
  readonly weights: Float32Array;
  readonly calibration: LogitCalibration;
  readonly label: string;
}

/**
 * The model that ships, from raw columns to probability in one graph. Inputs `num` [rows, numbers] float32 (NaN is missing) and
 * `cat` [rows, strings] ('' is missing); outputs `probability` and `logit`, [rows, 1] float32. Any ONNX runtime with ai.onnx.ml
 * can serve it.
 */
export function exportModel(options: ExportOptions): Uint8Array {
  const { features, fitted, plan, weights, calibration } = options;
  const graph = new GraphBuilder();
  const encoded = addFeatureGraph(graph, features, fitted);
  const layout = parameterLayout(plan);
  const parameters = new Map(
    layout.parameters.map(({ name, shape, offset, size }) => [name, graph.constant({ type: 'float', shape, data: weights.subarray(offset, offset + size) })]),
  );
  const inputs = { dense: encoded.dense, ids: encoded.embedded.map(({ ids }) => ids), observed: encoded.observed };
  let logit = addLogits(graph, plan, { parameters, inputs });
  if (calibration.slope !== 1) logit = graph.apply('Mul', [logit, graph.scalar(calibration.slope)], { shape: logit.shape });
  if (calibration.offset !== 0) logit = graph.apply('Add', [logit, graph.scalar(calibration.offset)], { shape: logit.shape });
  graph.output(graph.apply('Sigmoid', [logit], { shape: logit.shape }), 'probability');
  graph.output(logit, 'logit');
  return graph.model(
    'delaynet',
    describeModel({
      schema: 'taxiway/model/v1',
      inputs: { num: fitted.numberColumns.map(({ name }) => name), cat: fitted.stringColumns },
      label: options.label,
      features,
      encoded: [...encoded.names],
      embedded: encoded.embedded.map(({ column, vocabulary, dimensions }) => ({ column, categories: vocabulary.length, dimensions })),
      categories: seenCategories(features, fitted),
      calibration,
      parameters: layout.total,
    }),
  );
}
