import { describe, expect, it } from 'vitest';
import { parseTrainingState, serializeTrainingState, type TrainingState } from './training-state.ts';

const state: TrainingState = {
  configuration: 'é',
  fitted: { numberColumns: [{ name: 'x', median: 0.1 }], stringColumns: ['carrier'], observed: null, transforms: [{ means: [1] }] },
  parameters: [{ name: 'embedding.carrier', shape: [2, 1], vocabulary: ['AA'] }, { name: 'dense1.weight', shape: [2, 0], inputs: ['x', 'carrier[0]'] }],
  optimizer: { weights: Float32Array.of(0.1, -0), average: Float32Array.of(1e-40, 3), first: Float32Array.of(1, 2), second: Float32Array.of(3, 4), step: 12 },
  best: { epoch: 1, weights: Float32Array.of(5, 6) },
  history: [{ epoch: 1, trainingLoss: 0.25, calibrationLoss: 1 / 3 }],
};

describe('training state', () => {
  it('comes back bit for bit, even from the middle of a larger buffer', () => {
    const bytes = serializeTrainingState(state);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(parseTrainingState(shifted.subarray(3))).toEqual(state);
  });

  it('comes back from the Buffer that a file is read into', () => {
    expect(parseTrainingState(Buffer.from(serializeTrainingState(state)))).toEqual(state);
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['a cut-off file', serializeTrainingState(state).slice(0, -1)],
    ['other content', new TextEncoder().encode('PK..something else')],
  ])('refuses %s', (_, bytes) => {
    expect(() => parseTrainingState(bytes)).toThrow(expect.objectContaining({ code: 'model-invalid' }));
  });
});
