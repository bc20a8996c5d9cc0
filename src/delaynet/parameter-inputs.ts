import type { NetworkPlan } from './network-plan.ts';

/**
 * Parameters that have a number for each input of the network, with the names of those inputs: the first layer with weights (the head
 * without hidden layers), and batch norms before it. Inputs are the encoded columns, then each embedding's dimensions.
 */
export function parameterInputs(plan: NetworkPlan, encoded: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const inputs = [...encoded, ...plan.embeddings.flatMap(({ column, dimensions }) => Array.from({ length: dimensions }, (_, index) => `${column}[${index}]`))];
  const named = new Map<string, readonly string[]>();
  for (const { layer, name } of plan.layers) {
    if (layer.type === 'batch-norm') for (const parameter of ['gamma', 'beta', 'mean', 'variance']) named.set(`${name}.${parameter}`, inputs);
    if (layer.type === 'dense') return named.set(`${name}.weight`, inputs);
  }
  return named.set('head.weight', inputs);
}
