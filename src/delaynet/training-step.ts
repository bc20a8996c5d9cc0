import { integer } from '../onnx/attribute-proto.ts';
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { Tape } from '../onnx/tape.ts';
import { forward, parameter, type NetworkInputs, type Parameters, type TrainingMode } from './forward.ts';
import { cutWeights, headLogits, trainingCuts } from './head.ts';
import { weightedLoss, type LossWeights } from './loss.ts';
import type { NetworkPlan } from './network-plan.ts';
import { optimizerStep } from './optimizer-step.ts';
import { parameterLayout, type ParameterLayout } from './parameter-layout.ts';
import type { Averaging, Optimizer } from './training-schema.ts';

/** Everything that fixes the training graph; a change of any of it needs a new session. */
export interface TrainingGraphPlan {
  readonly network: NetworkPlan;
  readonly loss: LossWeights;
  readonly optimizer: Optimizer;
  readonly averaging: Averaging;
}

export interface StepState {
  /** All parameters, and their moving average, flat [total]. */
  readonly weights: Value;
  readonly average: Value;
  /** Moments of the gradient, flat [trainable]. */
  readonly first: Value;
  readonly second: Value;
  /** Steps done, a float scalar. */
  readonly step: Value;
}

export interface StepBatch {
  readonly inputs: NetworkInputs;
  readonly observed: Value | null;
  readonly targets: Value;
  readonly learningRate: Value;
  readonly dropoutMask: TrainingMode['dropoutMask'];
}

/** The flat vector as named matrices. */
export function unpackParameters(graph: GraphBuilder, flat: Value, layout: ParameterLayout): Parameters {
  const parts = graph.split(flat, layout.parameters.map(({ size }) => size), 0);
  return new Map(
    layout.parameters.map(({ name, shape }, index) => {
      const part = parts[index];
      if (!part) throw new Error(`no part for ${name}`);
      return [name, graph.apply('Reshape', [part, graph.integers(shape)], { shape })];
    }),
  );
}

const flatten = (graph: GraphBuilder, values: readonly Value[], total: number): Value => {
  const flat = values.map((value) => graph.apply('Reshape', [value, graph.integers([-1])], { shape: [value.shape.reduce<number>((size, next) => size * Number(next), 1)] }));
  return flat.length === 1 && flat[0] ? flat[0] : graph.apply('Concat', flat, { shape: [total], attributes: { axis: integer(0) } });
};

/** Loss on one batch and its gradient for all trainable parameters, flat. */
export function lossAndGradient(graph: GraphBuilder, plan: TrainingGraphPlan, options: { readonly parameters: Parameters; readonly batch: StepBatch }) {
  const { network } = plan;
  const layout = parameterLayout(network);
  const trainable = layout.parameters.filter((specification) => specification.trainable).map(({ name }) => parameter(options.parameters, name));
  const tape = new Tape(graph);
  tape.watch(...trainable);
  const statistics = new Map<string, Value>();
  const { batch } = options;
  const training: TrainingMode = { dropoutMask: batch.dropoutMask, batchStatistic: (name, value) => void statistics.set(name, value) };
  const outputs = forward(tape, network, { parameters: options.parameters, inputs: batch.inputs, training });
  const logits = headLogits(tape, outputs, { head: network.head, cuts: trainingCuts(network.head), observed: batch.observed });
  const loss = weightedLoss(tape, logits, { targets: batch.targets, weights: plan.loss, cutWeights: cutWeights(network.head) });
  return { loss, gradient: flatten(graph, tape.gradients(loss, trainable), layout.trainable), statistics };
}

/** Running statistics follow the batches: momentum · old + (1 − momentum) · batch. */
function updateStatistics(graph: GraphBuilder, network: NetworkPlan, options: { readonly parameters: Parameters; readonly statistics: ReadonlyMap<string, Value> }): Value[] {
  return network.layers.flatMap(({ layer, name }) => {
    if (layer.type !== 'batch-norm') return [];
    return ['mean', 'variance'].map((part) => {
      const old = parameter(options.parameters, `${name}.${part}`);
      const { shape } = old;
      const kept = graph.apply('Mul', [old, graph.scalar(layer.momentum)], { shape });
      const fresh = graph.apply('Mul', [parameter(options.statistics, `${name}.${part}`), graph.scalar(1 - layer.momentum)], { shape });
      return graph.apply('Add', [kept, fresh], { shape });
    });
  });
}

function updateAverage(graph: GraphBuilder, averaging: Averaging, options: { readonly average: Value; readonly weights: Value; readonly step: Value }): Value {
  if (averaging.type === 'none') return options.weights;
  const { shape } = options.weights;
  const scalar = (operator: string, left: Value, right: Value): Value => graph.apply(operator, [left, right], { shape: [] });
  // With t steps done before this one: min(decay, (t + 1)/(t + 10)); options.step counts this one too.
  const warmUp = scalar('Div', options.step, scalar('Add', options.step, graph.scalar(9)));
  const decay = scalar('Min', warmUp, graph.scalar(averaging.decay));
  const change = graph.apply('Sub', [options.weights, options.average], { shape });
  const move = graph.apply('Mul', [change, scalar('Sub', graph.scalar(1), decay)], { shape });
  return graph.apply('Add', [options.average, move], { shape });
}

/** One optimiser step as nodes: from the state and a batch to the next state and the batch's loss. */
export function addTrainingStep(graph: GraphBuilder, plan: TrainingGraphPlan, options: { readonly state: StepState; readonly batch: StepBatch }): StepState & { readonly loss: Value } {
  const { state, batch } = options;
  const layout = parameterLayout(plan.network);
  const parameters = unpackParameters(graph, state.weights, layout);
  const { loss, gradient, statistics } = lossAndGradient(graph, plan, { parameters, batch });
  const rest = layout.total - layout.trainable;
  const [trainable = state.weights] = rest === 0 ? [] : graph.split(state.weights, [layout.trainable, rest], 0);
  const step = graph.apply('Add', [state.step, graph.scalar(1)], { shape: [] });
  const next = optimizerStep(graph, { weights: trainable, gradient, first: state.first, second: state.second, step, learningRate: batch.learningRate }, { optimizer: plan.optimizer, layout });
  const running = updateStatistics(graph, plan.network, { parameters, statistics });
  const weights = rest === 0 ? next.weights : flatten(graph, [next.weights, ...running], layout.total);
  const average = updateAverage(graph, plan.averaging, { average: state.average, weights, step });
  return { weights, average, first: next.first, second: next.second, step, loss };
}
