import { describe, expect, it } from 'vitest';
import { evaluateGradient, finiteDifference, gradientModel, gradientPlan } from '../../test/builders/gradient-model.ts';
import { onnxRuntimeEngine } from '../../test/builders/onnxruntime-engine.ts';
import { createRandom } from '../statistics/random.ts';
import { initializeParameters } from './initialize-parameters.ts';
import { parameterLayout } from './parameter-layout.ts';

const random = createRandom('gradient');
const sigmoid = { type: 'sigmoid' };
const delay = { type: 'delay', observed: 'd', target: 'a', cut: 15 };
const dense = (activation: string) => ({ type: 'dense', units: 5, activation });
const crossEntropy = { type: 'cross-entropy' };

describe('the gradient agrees with finite differences of the loss', () => {
  it.each<[string, unknown, unknown]>([
    ['logistic regression', { layers: [], head: sigmoid }, crossEntropy],
    ['dense relu', { layers: [dense('relu')], head: sigmoid }, crossEntropy],
    ['dense tanh', { layers: [dense('tanh')], head: sigmoid }, crossEntropy],
    ['dense linear', { layers: [dense('linear')], head: sigmoid }, crossEntropy],
    ['dense layer of ordinary width', { layers: [{ ...dense('tanh'), units: 9 }], head: sigmoid }, crossEntropy],
    ['dropout', { layers: [{ type: 'dropout', rate: 0.2 }, dense('tanh'), { type: 'dropout', rate: 0.2 }], head: sigmoid }, crossEntropy],
    ['batch-norm', { layers: [dense('linear'), { type: 'batch-norm' }, dense('tanh')], head: sigmoid }, crossEntropy],
    ['delay head', { layers: [dense('tanh')], head: delay }, crossEntropy],
    ['delay head with auxiliary cuts', { layers: [dense('tanh')], head: { ...delay, 'auxiliary-cuts': [0, 30] } }, crossEntropy],
    ['focal loss, γ = 2', { layers: [dense('tanh')], head: sigmoid }, { type: 'focal' }],
    ['focal loss, γ = 1.5', { layers: [dense('tanh')], head: delay }, { type: 'focal', gamma: 1.5, alpha: 0.6 }],
    ['focal loss, γ = 1', { layers: [], head: sigmoid }, { type: 'focal', gamma: 1, alpha: 0.5 }],
    ['balanced class weights', { layers: [dense('tanh')], head: sigmoid }, { ...crossEntropy, 'class-weights': 'balanced' }],
    ['given class weights', { layers: [dense('tanh')], head: sigmoid }, { ...crossEntropy, 'class-weights': { negative: 1, positive: 3 } }],
  ])('%s', async (name, network, loss) => {
    const plan = gradientPlan(network, loss);
    const layout = parameterLayout(plan.network);
    const session = await onnxRuntimeEngine().openSession(gradientModel(plan, random));
    const weights = initializeParameters(layout, 3).map((value) => value + 0.1 * random.normal());
    if (name === 'dense relu') {
      // Half of the units on, half off, none near the kink, where differences say nothing.
      const bias = layout.parameters.find((parameter) => parameter.name === 'dense1.bias');
      for (let unit = 0; unit < 5; unit++) weights[(bias?.offset ?? NaN) + unit] = unit % 2 === 0 ? 6 : -6;
    }
    const { gradient } = await evaluateGradient(session, weights);
    expect(gradient).toHaveLength(layout.trainable);
    for (let index = 0; index < layout.trainable; index++) {
      const expected = await finiteDifference(session, weights, index);
      const actual = gradient[index] ?? NaN;
      expect(Math.abs(actual - expected), `parameter ${index}: ${actual} against ${expected}`).toBeLessThan(3e-4 * Math.max(1, Math.abs(expected)));
    }
    expect(gradient.some((value) => Math.abs(value) > 1e-3)).toBe(true);
    await session.release();
  });
});
