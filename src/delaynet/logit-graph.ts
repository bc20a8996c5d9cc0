import { integer } from '../onnx/attribute-proto.ts';
import { GraphBuilder, type Value } from '../onnx/graph-builder.ts';
import { Tape } from '../onnx/tape.ts';
import { forward, type Parameters } from './forward.ts';
import { headLogits } from './head.ts';
import type { NetworkPlan } from './network-plan.ts';
import { parameterLayout } from './parameter-layout.ts';
import { unpackParameters } from './training-step.ts';

export interface LogitInputs {
  readonly dense: Value;
  readonly ids: readonly Value[];
  readonly observed: Value | null;
}

/** The network as it ships: logits of the label, [rows, 1]. */
export function addLogits(graph: GraphBuilder, plan: NetworkPlan, options: { readonly parameters: Parameters; readonly inputs: LogitInputs }): Value {
  const tape = new Tape(graph);
  const outputs = forward(tape, plan, options);
  const cuts = plan.head.type === 'delay' ? [plan.head.cut] : [0];
  return headLogits(tape, outputs, { head: plan.head, cuts, observed: options.inputs.observed });
}

/** Scores encoded rows with weights given at run time: inputs `weights`, `dense`, `ids`, `observed`; output `logit` [rows, 1]. */
export function compileLogitGraph(plan: NetworkPlan): Uint8Array {
  const graph = new GraphBuilder();
  const layout = parameterLayout(plan);
  const parameters = unpackParameters(graph, graph.input('weights', 'float', [layout.total]), layout);
  const dense = graph.input('dense', 'float', ['rows', plan.denseWidth]);
  const allIds = plan.embeddings.length === 0 ? null : graph.input('ids', 'int32', ['rows', plan.embeddings.length]);
  const ids = plan.embeddings.flatMap((_, index) =>
    allIds ? [graph.apply('Gather', [allIds, graph.constant({ type: 'int64', shape: [], data: [index] })], { shape: ['rows'], attributes: { axis: integer(1) } })] : [],
  );
  const observed = plan.head.type === 'delay' ? graph.input('observed', 'float', ['rows', 1]) : null;
  graph.output(addLogits(graph, plan, { parameters, inputs: { dense, ids, observed } }), 'logit');
  return graph.model('logits');
}
