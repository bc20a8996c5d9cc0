import { expect, it } from 'vitest';
import { lossWeights } from './loss.ts';
import { planNetwork } from './network-plan.ts';
import { parameterLayout } from './parameter-layout.ts';
import { lossSchema, networkSchema, trainingSchema } from './training-schema.ts';

it('an unknown key anywhere in training is refused', () => {
  expect(networkSchema.safeParse({ layers: [{ type: 'dropout', rate: 0.1, p: 1 }], head: { type: 'sigmoid' } }).success).toBe(false);
  expect(trainingSchema.safeParse({ 'learning-rate': 1 }).success).toBe(false);
});

it('balanced class weights give both classes the same total and the mean row weight 1', () => {
  const { negative, positive } = lossWeights(lossSchema.parse({ type: 'cross-entropy', 'class-weights': 'balanced' }), 0.2);
  expect(0.2 * positive).toBeCloseTo(0.8 * negative, 12);
  expect(0.2 * positive + 0.8 * negative).toBeCloseTo(1, 12);
});

it('decayed weights come first and running statistics last in the flat vector', () => {
  const network = networkSchema.parse({ layers: [{ type: 'dense', units: 3 }, { type: 'batch-norm' }], head: { type: 'delay', observed: 'd', target: 'a', cut: 15 } });
  const layout = parameterLayout(planNetwork(network, { denseWidth: 2, embeddings: [{ column: 'c', vocabulary: ['A'], dimensions: 2 }] }));
  expect(layout.parameters.map(({ name }) => name)).toEqual([
    'dense1.weight', 'head.weight', 'embedding.c', 'dense1.bias', 'batch-norm2.gamma', 'batch-norm2.beta', 'head.bias', 'batch-norm2.mean', 'batch-norm2.variance',
  ]);
  expect(layout).toMatchObject({ decayed: 4 * 3 + 3 * 2, trainable: 18 + 4 + 3 + 6 + 2, total: 33 + 6 });
});
