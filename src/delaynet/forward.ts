import { assertNever } from '../errors.ts';
import { relu, tanh } from '../onnx/differentiable-activations.ts';
import { multiply } from '../onnx/differentiable-arithmetic.ts';
import { batchNormalization, concatenate, dense, embeddingLookup } from '../onnx/differentiable-layers.ts';
import type { Value } from '../onnx/graph-builder.ts';
import type { Tape } from '../onnx/tape.ts';
import type { NetworkPlan, PlannedLayer } from './network-plan.ts';

export type Parameters = ReadonlyMap<string, Value>;

export function parameter(parameters: Parameters, name: string): Value {
  const value = parameters.get(name);
  if (!value) throw new Error(`no parameter ${name}`);
  return value;
}

export interface NetworkInputs {
  /** [rows, denseWidth] */
  readonly dense: Value;
  /** For each embedding its ids, [rows]. */
  readonly ids: readonly Value[];
}

export interface TrainingMode {
  /** The scaled 0/1 mask of a dropout layer, [rows, width]; null drops nothing. */
  dropoutMask(layer: PlannedLayer): Value | null;
  /** Told of each batch-norm layer's batch statistics, by parameter name. */
  batchStatistic(name: string, value: Value): void;
}

function normalizeWithRunningStatistics(tape: Tape, input: Value, options: { readonly parameters: Parameters; readonly name: string; readonly epsilon: number }): Value {
  const { graph } = tape;
  const get = (part: string): Value => parameter(options.parameters, `${options.name}.${part}`);
  const row = get('mean').shape;
  const deviation = graph.apply('Sqrt', [graph.apply('Add', [get('variance'), graph.scalar(options.epsilon)], { shape: row })], { shape: row });
  const normal = graph.apply('Div', [graph.apply('Sub', [input, get('mean')], { shape: input.shape }), deviation], { shape: input.shape });
  const output = graph.apply('Add', [graph.apply('Mul', [normal, get('gamma')], { shape: input.shape }), get('beta')], { shape: input.shape });
  // The statistics stand still here, so the layer is linear in its input; who asks for other gradients trains, and does not come here.
  return tape.record(output, [input], (gradient) => [graph.apply('Mul', [gradient, graph.apply('Div', [get('gamma'), deviation], { shape: row })], { shape: input.shape })]);
}

/** The network up to the head's raw outputs, [rows, headOutputs]. Without `training` it is the network that ships. */
export function forward(tape: Tape, plan: NetworkPlan, options: { readonly parameters: Parameters; readonly inputs: NetworkInputs; readonly training?: TrainingMode }): Value {
  const { parameters, inputs, training } = options;
  const vectors = plan.embeddings.map((embedding, index) => {
    const ids = inputs.ids[index];
    if (!ids) throw new Error(`no ids for ${embedding.column}`);
    return embeddingLookup(tape, parameter(parameters, `embedding.${embedding.column}`), ids);
  });
  let hidden = concatenate(tape, [inputs.dense, ...vectors]);
  const weights = (name: string) => ({ weight: parameter(parameters, `${name}.weight`), bias: parameter(parameters, `${name}.bias`) });
  for (const planned of plan.layers) {
    const { layer, name } = planned;
    switch (layer.type) {
      case 'dense': {
        const linear = dense(tape, hidden, weights(name));
        hidden = layer.activation === 'relu' ? relu(tape, linear) : layer.activation === 'tanh' ? tanh(tape, linear) : linear;
        break;
      }
      case 'dropout': {
        const mask = training?.dropoutMask(planned);
        if (mask) hidden = multiply(tape, hidden, mask);
        break;
      }
      case 'batch-norm': {
        if (!training) {
          hidden = normalizeWithRunningStatistics(tape, hidden, { parameters, name, epsilon: layer.epsilon });
          break;
        }
        const normal = batchNormalization(tape, hidden, { gamma: parameter(parameters, `${name}.gamma`), beta: parameter(parameters, `${name}.beta`), epsilon: layer.epsilon });
        training.batchStatistic(`${name}.mean`, normal.mean);
        training.batchStatistic(`${name}.variance`, normal.variance);
        hidden = normal.output;
        break;
      }
      default:
        assertNever(layer);
    }
  }
  return dense(tape, hidden, weights('head'));
}
