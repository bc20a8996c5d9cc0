import { expect, it } from 'vitest';
import { planNetwork } from './network-plan.ts';
import { parameterLayout } from './parameter-layout.ts';
import { networkSchema } from './training-schema.ts';
import type { TrainingState } from './training-state.ts';
import { warmStartWeights } from './warm-start.ts';

const planOf = (vocabulary: string[], units: number) =>
  planNetwork(networkSchema.parse({ layers: [{ type: 'dense', units }], head: { type: 'sigmoid' } }), { denseWidth: 1, embeddings: [{ column: 'carrier', vocabulary, dimensions: 1 }] });

it('takes over equal names and shapes, follows categories, and leaves the rest fresh', () => {
  const old = planOf(['AA', 'B6'], 2);
  const oldLayout = parameterLayout(old);
  const weights = Float32Array.from({ length: oldLayout.total }, (_, index) => index + 1);
  const parameters = oldLayout.parameters.map(({ name, shape }) => ({ name, shape, vocabulary: name === 'embedding.carrier' ? ['AA', 'B6'] : undefined }));
  const from = { parameters, best: { epoch: 1, weights } } as unknown as TrainingState;
  const oldRows = oldLayout.parameters.find(({ name }) => name === 'embedding.carrier')?.offset ?? NaN;

  const plan = planOf(['B6', 'UA'], 3);
  const layout = parameterLayout(plan);
  const { weights: warm, taken } = warmStartWeights(new Float32Array(layout.total).fill(-1), from, { layout, plan });
  const start = layout.parameters.find(({ name }) => name === 'embedding.carrier')?.offset ?? NaN;
  // Unknown keeps its row, B6 moves from id 2 to id 1, UA is new.
  expect([...warm.subarray(start, start + 3)]).toEqual([weights[oldRows], weights[oldRows + 2], -1]);
  expect(taken).toEqual(['embedding.carrier', 'head.bias']);
});
