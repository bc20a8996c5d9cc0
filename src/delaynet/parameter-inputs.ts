import type { FeatureGraph } from '../features/feature-graph.ts';
import type { Feature, Features } from '../features/features-schema.ts';
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

/** What gives an encoded column its meaning beside its name. Fitted statistics and options that only tune them follow the name. */
function encodingOf(feature: Feature): string {
  if (feature.transform === 'cyclical-time') return `cyclical-time/${feature.period}`;
  if (feature.transform === 'piecewise-linear') return `piecewise-linear/${feature.bins}`;
  // Its one column is named after the transform.
  return feature.transform === 'weather-severity' ? feature.columns.join('+') : feature.transform;
}

/** Names of the encoded columns that are equal only for what means the same: the bare name of a column may come from several transforms, e.g. quantile-normal(distance). */
export function namesByTransform(features: Features, { names, widths }: Pick<FeatureGraph, 'names' | 'widths'>): string[] {
  let start = 0;
  return features.flatMap((feature, index) => {
    const block = names.slice(start, start + (widths[index] ?? 0));
    start += block.length;
    return block.map((name) => `${encodingOf(feature)}(${name})`);
  });
}
