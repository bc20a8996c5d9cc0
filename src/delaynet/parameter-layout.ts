import type { NetworkPlan } from './network-plan.ts';

export type Initialization = 'fan-in' | 'embedding' | 'zero' | 'one';

export interface ParameterSpecification {
  readonly name: string;
  readonly shape: readonly [rows: number, columns: number];
  /** Position in the flat vector of all parameters. */
  readonly offset: number;
  readonly size: number;
  readonly initialization: Initialization;
  /** Weight decay acts on it. */
  readonly decayed: boolean;
  /** False for running statistics, which follow the batches instead of a gradient. */
  readonly trainable: boolean;
}

export interface ParameterLayout {
  readonly parameters: readonly ParameterSpecification[];
  /** The first `decayed` numbers of the vector have weight decay, the first `trainable` have gradients; `total` is its length. */
  readonly decayed: number;
  readonly trainable: number;
  readonly total: number;
}

type Declaration = Omit<ParameterSpecification, 'offset' | 'size'>;

function declareLayer({ layer, name, inputs, outputs }: NetworkPlan['layers'][number]): Declaration[] {
  const row: readonly [number, number] = [1, outputs];
  const plain = { decayed: false, trainable: true } as const;
  switch (layer.type) {
    case 'dropout':
      return [];
    case 'dense':
      return [
        { name: `${name}.weight`, shape: [inputs, outputs], initialization: 'fan-in', decayed: true, trainable: true },
        { name: `${name}.bias`, shape: row, initialization: 'zero', ...plain },
      ];
    case 'batch-norm':
      return [
        { name: `${name}.gamma`, shape: row, initialization: 'one', ...plain },
        { name: `${name}.beta`, shape: row, initialization: 'zero', ...plain },
        { name: `${name}.mean`, shape: row, initialization: 'zero', decayed: false, trainable: false },
        { name: `${name}.variance`, shape: row, initialization: 'one', decayed: false, trainable: false },
      ];
  }
}

/**
 * All parameters in one flat vector, so that the optimiser is a handful of operations whatever the network: decayed weights first,
 * then the other trainable parameters, then running statistics.
 */
export function parameterLayout(plan: NetworkPlan): ParameterLayout {
  const declared: Declaration[] = [
    ...plan.embeddings.map((embedding): Declaration => ({ name: `embedding.${embedding.column}`, shape: [embedding.vocabulary.length + 1, embedding.dimensions], initialization: 'embedding', decayed: false, trainable: true })),
    ...plan.layers.flatMap(declareLayer),
    { name: 'head.weight', shape: [plan.headInputs, plan.headOutputs], initialization: 'fan-in', decayed: true, trainable: true },
    { name: 'head.bias', shape: [1, plan.headOutputs], initialization: 'zero', decayed: false, trainable: true },
  ];
  const place = (declaration: Declaration): number => (declaration.decayed ? 0 : declaration.trainable ? 1 : 2);
  let offset = 0;
  const parameters = declared.toSorted((left, right) => place(left) - place(right)).map((declaration): ParameterSpecification => {
    const [rows, columns] = declaration.shape;
    const placed = { ...declaration, offset, size: rows * columns };
    offset += placed.size;
    return placed;
  });
  const sum = (keep: (parameter: ParameterSpecification) => boolean): number => parameters.filter(keep).reduce((total, parameter) => total + parameter.size, 0);
  return { parameters, decayed: sum((parameter) => parameter.decayed), trainable: sum((parameter) => parameter.trainable), total: offset };
}
