import type { Head, Layer, Network } from './training-schema.ts';

export interface PlannedEmbedding {
  readonly column: string;
  /** Categories with an id of their own; the table has one more row, 0, for all others. */
  readonly vocabulary: readonly string[];
  readonly dimensions: number;
}

export interface PlannedLayer {
  readonly layer: Layer;
  /** Unique in the network: `dense1`, `dropout2`, … */
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
}

/** The whole network as data: print it to see what will be built. */
export interface NetworkPlan {
  readonly denseWidth: number;
  readonly embeddings: readonly PlannedEmbedding[];
  readonly layers: readonly PlannedLayer[];
  readonly head: Head;
  /** Width of the last hidden layer. */
  readonly headInputs: number;
  /** 2 for the delay head (location and scale), 1 for the sigmoid head. */
  readonly headOutputs: number;
}

/** Works out every layer's width. */
export function planNetwork(network: Network, features: { readonly denseWidth: number; readonly embeddings: readonly PlannedEmbedding[] }): NetworkPlan {
  let width = features.denseWidth + features.embeddings.reduce((sum, embedding) => sum + embedding.dimensions, 0);
  const layers = network.layers.map((layer, index): PlannedLayer => {
    const inputs = width;
    if (layer.type === 'dense') width = layer.units;
    return { layer, name: `${layer.type}${index + 1}`, inputs, outputs: width };
  });
  return { ...features, layers, head: network.head, headInputs: width, headOutputs: network.head.type === 'delay' ? 2 : 1 };
}
