import { describe, expect, it } from 'vitest';
import { type Training, trainingSchema } from '../delaynet/training-schema.ts';
import { presentParameters, putParameter, putParameters } from './parameter-path.ts';

const training: Training = trainingSchema.parse({
  window: 'training-window.yaml',
  engine: 'onnxruntime',
  seed: 1,
  network: { layers: [{ type: 'dense', units: 8 }, { type: 'dropout', rate: 0.1 }], head: { type: 'sigmoid' } },
  loss: { type: 'cross-entropy' },
  optimizer: { type: 'adam', 'learning-rate': 0.001 },
  'batch-size': 64,
  'maximum-epochs': 3,
  patience: 2,
  threshold: { policy: 'recall', target: 0.8 },
});

describe('a value put at a path below training', () => {
  it('changes that value alone, and not what it was put into', () => {
    const before = structuredClone(training);
    const changed = putParameters(training, { 'network.layers.0.units': 16, 'optimizer.learning-rate': 0.01, 'batch-size': 32 });
    const expected = structuredClone(before) as { network: { layers: unknown[] }; optimizer: object };
    expected.network.layers[0] = { type: 'dense', units: 16, activation: 'relu' };
    expect(changed).toEqual({ ...expected, optimizer: { ...before.optimizer, 'learning-rate': 0.01 }, 'batch-size': 32 });
    expect(training).toEqual(before);
  });

  it('may be one that the file leaves out', () => {
    expect(putParameter(training, 'loss.class-weights', 'balanced')).toMatchObject({ loss: { type: 'cross-entropy', 'class-weights': 'balanced' } });
  });

  it.each([
    ['network.layers.2.units', 4, { kind: 'path', found: '2', allowed: ['0', '1'] }],
    ['network.layer.0.units', 4, { kind: 'path', found: 'layer', allowed: ['layers', 'head'] }],
    ['network.layers.0.rate', 0.1, { kind: 'path', found: 'rate', allowed: ['type', 'units', 'activation'] }],
    ['network.layers', 4, { kind: 'path', found: 'layers', allowed: ['layers.0', 'layers.1'] }],
    ['threshold.target', 0.9, { kind: 'path', found: 'threshold' }],
    ['network.__proto__.units', 4, { kind: 'path', found: '__proto__' }],
    ['loss.__proto__', 4, { kind: 'path', found: '__proto__', allowed: ['type'] }],
    ['loss.constructor', 'x', { kind: 'path', found: 'constructor', allowed: ['type'] }],
    ['network.layers.length', 1, { kind: 'path', found: 'length', allowed: ['0', '1'] }],
    ['network.layers.0.units', 4.5, { kind: 'value', allowed: 'a whole number above 0 to 4096' }],
    ['optimizer.type', 'sgd', { kind: 'value', allowed: 'adam, adamw' }],
  ])('%s = %s is refused with what is allowed', (path, value, fault) => {
    expect(putParameter(training, path, value)).toMatchObject(fault);
  });

  it('can be asked what the file says there', () => {
    expect(presentParameters(training, ['network.layers.1.rate', 'loss.class-weights', 'network.layers'])).toEqual({ 'network.layers.1.rate': 0.1, 'loss.class-weights': undefined, 'network.layers': undefined });
  });
});
