import type { ParameterValues, SearchSpace } from '../../src/tuning/search-space.ts';

export interface TestObjective {
  readonly name: string;
  readonly space: SearchSpace;
  /** The least loss there is. */
  readonly minimum: number;
  /** Less is better. */
  readonly loss: (values: ParameterValues) => number;
}

const number = (values: ParameterValues, name: string): number => Number(values[name]);

/** Branin and Hoo (1972): three minima of 0.397887. */
const branin: TestObjective = {
  name: 'branin',
  minimum: 0.397887,
  space: { x: { type: 'float', low: -5, high: 10, log: false }, y: { type: 'float', low: 0, high: 15, log: false } },
  loss(values) {
    const x = number(values, 'x');
    const y = number(values, 'y');
    return (y - (5.1 * x * x) / (4 * Math.PI ** 2) + (5 * x) / Math.PI - 6) ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
  },
};

const hartmannAlpha = [1, 1.2, 3, 3.2];
const hartmannA = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const hartmannP = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
];

/** Hartmann (1972) in six dimensions: minimum −3.32237. */
const hartmann: TestObjective = {
  name: 'hartmann-6',
  minimum: -3.32237,
  space: Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`x${index}`, { type: 'float', low: 0, high: 1, log: false }])),
  loss: (values) =>
    -hartmannAlpha.reduce((sum, alpha, row) => {
      const exponent = (hartmannA[row] ?? []).reduce((inner, a, column) => inner + a * (number(values, `x${column}`) - (hartmannP[row]?.[column] ?? 0)) ** 2, 0);
      return sum + alpha * Math.exp(-exponent);
    }, 0),
};

const penalty: Readonly<Record<string, number>> = { relu: 0, tanh: 0.3, linear: 1.2 };

/** Shaped like a network's tuning: a learning rate and a width on logarithmic scales that trade off, a depth, a rate, a choice that shifts the optimum. Minimum 0. */
const mixed: TestObjective = {
  name: 'mixed',
  minimum: 0,
  space: {
    'learning-rate': { type: 'float', low: 1e-5, high: 1e-1, log: true },
    units: { type: 'integer', low: 8, high: 512, log: true },
    layers: { type: 'integer', low: 1, high: 6, log: false },
    dropout: { type: 'float', low: 0, high: 0.6, log: false },
    activation: { type: 'choice', choices: ['relu', 'tanh', 'linear'] },
  },
  loss(values) {
    const activation = String(values['activation']);
    const rate = Math.log10(number(values, 'learning-rate')) + (activation === 'tanh' ? 3.4 : 2.8);
    const width = Math.log2(number(values, 'units')) - 7;
    return (rate + 0.15 * width) ** 2 + 0.1 * width ** 2 + 0.2 * (number(values, 'layers') - 3) ** 2 + 4 * (number(values, 'dropout') - 0.2) ** 2 + (penalty[activation] ?? 0);
  },
};

export const testObjectives: readonly TestObjective[] = [branin, hartmann, mixed];
