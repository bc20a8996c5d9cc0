import { integer, subgraph } from '../onnx/attribute-proto.ts';
import { GraphBuilder, type Value } from '../onnx/graph-builder.ts';
import { trainingCuts } from './head.ts';
import type { PlannedLayer } from './network-plan.ts';
import { parameterLayout } from './parameter-layout.ts';
import { addTrainingStep, type StepBatch, type StepState, type TrainingGraphPlan } from './training-step.ts';

/** The layers that drop something, in order; each has a column in the epoch graph's `offsets` and a pool `mask.<name>`. */
export function dropoutLayers(plan: TrainingGraphPlan): readonly PlannedLayer[] {
  return plan.network.layers.filter(({ layer }) => layer.type === 'dropout' && layer.rate > 0);
}

const stateNames = ['weights', 'average', 'first', 'second', 'step'] as const;

function stateShape(plan: TrainingGraphPlan, name: (typeof stateNames)[number]): number[] {
  const layout = parameterLayout(plan.network);
  if (name === 'step') return [];
  return [name === 'first' || name === 'second' ? layout.trainable : layout.total];
}

interface EpochInputs {
  readonly dense: Value;
  readonly ids: Value | null;
  readonly observed: Value | null;
  readonly targets: Value;
  readonly learningRate: Value;
  readonly pools: ReadonlyMap<string, Value>;
}

function addEpochInputs(graph: GraphBuilder, plan: TrainingGraphPlan): EpochInputs {
  const { network } = plan;
  return {
    learningRate: graph.input('learningRate', 'float', []),
    dense: graph.input('dense', 'float', ['N', network.denseWidth]),
    ids: network.embeddings.length === 0 ? null : graph.input('ids', 'int32', ['N', network.embeddings.length]),
    observed: network.head.type === 'delay' ? graph.input('observed', 'float', ['N', 1]) : null,
    targets: graph.input('targets', 'float', ['N', trainingCuts(network.head).length]),
    pools: new Map(dropoutLayers(plan).map(({ name, inputs }) => [name, graph.input(`mask.${name}`, 'float', ['P', inputs])])),
  };
}

/** Gathers a batch's rows inside the graph, so that an epoch moves only row numbers. */
function gatherBatch(body: GraphBuilder, plan: TrainingGraphPlan, options: { readonly inputs: EpochInputs; readonly rows: Value; readonly offsets: Value | null }): StepBatch {
  const { inputs, rows, offsets } = options;
  const gather = (value: Value): Value => body.apply('Gather', [value, rows], { shape: ['rows', value.shape[1] ?? 1], attributes: { axis: integer(0) } });
  const batchIds = inputs.ids ? gather(inputs.ids) : null;
  const ids = plan.network.embeddings.flatMap((_, index) =>
    batchIds ? [body.apply('Gather', [batchIds, body.constant({ type: 'int64', shape: [], data: [index] })], { shape: ['rows'], attributes: { axis: integer(1) } })] : [],
  );
  const layers = dropoutLayers(plan);
  const count = layers.length === 0 ? null : body.apply('Shape', [rows], { shape: [1], type: 'int64' });
  const dropoutMask = (layer: PlannedLayer): Value | null => {
    const pool = inputs.pools.get(layer.name);
    if (!pool || !offsets || !count) return null;
    const start = body.apply('Gather', [offsets, body.integers([layers.indexOf(layer)])], { shape: [1] });
    const end = body.apply('Add', [start, count], { shape: [1] });
    return body.apply('Slice', [pool, start, end, body.integers([0])], { shape: ['rows', layer.inputs] });
  };
  return { inputs: { dense: gather(inputs.dense), ids }, observed: inputs.observed ? gather(inputs.observed) : null, targets: gather(inputs.targets), learningRate: inputs.learningRate, dropoutMask };
}

/**
 * Many optimiser steps in one run: a `Scan` over `batches` [steps, rows] of row numbers. One run of many steps costs about two
 * thirds of a run for each. Inputs: the state (`weights`, `average`, `first`, `second`, `step`), `learningRate`, all training rows
 * (`dense`, `ids`, `observed`, `targets`), and for dropout a pool of masks for each layer with `offsets` [steps, layers], the row
 * of the pool at which each step's mask begins. Outputs: the state again under `next.<name>`, and `losses` [steps].
 */
export function compileEpochGraph(plan: TrainingGraphPlan): Uint8Array {
  const graph = new GraphBuilder();
  const outer = stateNames.map((name) => graph.input(name, 'float', stateShape(plan, name)));
  const inputs = addEpochInputs(graph, plan);
  const layers = dropoutLayers(plan);
  const scanned = [graph.input('batches', 'int32', ['steps', 'rows']), ...(layers.length === 0 ? [] : [graph.input('offsets', 'int64', ['steps', layers.length])])];

  const body = new GraphBuilder('step.');
  const state = Object.fromEntries(stateNames.map((name) => [name, body.input(`step.${name}`, 'float', stateShape(plan, name))])) as Record<(typeof stateNames)[number], Value>;
  const rows = body.input('step.rows', 'int32', ['rows']);
  const offsets = layers.length === 0 ? null : body.input('step.offsets', 'int64', [layers.length]);
  const next: StepState & { readonly loss: Value } = addTrainingStep(body, plan, { state, batch: gatherBatch(body, plan, { inputs, rows, offsets }) });
  for (const name of stateNames) body.output(next[name], `step.next.${name}`);
  body.output(next.loss, 'step.loss');

  const outputs: Value[] = [
    ...stateNames.map((name): Value => ({ name: `scanned.${name}`, type: 'float', shape: stateShape(plan, name) })),
    { name: 'scanned.losses', type: 'float', shape: ['steps'] },
  ];
  graph.applyNamed('Scan', [...outer, ...scanned], { outputs, attributes: { body: subgraph(body.graph('step')), num_scan_inputs: integer(scanned.length) } });
  outputs.forEach((output) => graph.output(output, output.name.replace('scanned.', output.name === 'scanned.losses' ? '' : 'next.')));
  return graph.model('epoch');
}
