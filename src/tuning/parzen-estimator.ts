import type { Random } from '../statistics/random.ts';
import { choiceKernels, numberKernels, type ParzenKernels } from './parzen-kernels.ts';
import { mapSpace, parameterNames, type ParameterValues, type SearchSpace } from './search-space.ts';

/** A density over a search space: a mixture with one product of kernels for each observation, and one for the prior. */
export interface ParzenEstimator {
  sample(random: Random): ParameterValues;
  logDensity(values: ParameterValues): number;
}

/** The latest observations count in full, those before them ever less (Bergstra et al., 2013, "Making a Science of Model Search"). */
const fullWeights = 25;

/** @param observations in the order in which they were made */
export function parzenEstimator(space: SearchSpace, observations: readonly ParameterValues[]): ParzenEstimator {
  const names = parameterNames(space);
  const kernels = new Map(names.map((name) => [name, kernelsOf(space, { name, observations })]));
  const weights = [...ageWeights(observations.length), 1];
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const logWeights = weights.map((weight) => Math.log(weight / total));
  return {
    sample(random) {
      let left = random.next() * total;
      const chosen = weights.findIndex((weight) => (left -= weight) < 0);
      const kernel = chosen === -1 ? weights.length - 1 : chosen;
      return mapSpace(space, (_, name) => kernelsNamed(kernels, name).sample(kernel, random));
    },
    logDensity(values) {
      const terms = logWeights.map((logWeight, kernel) =>
        names.reduce((sum, name) => {
          const value = values[name];
          return value === undefined ? sum : sum + kernelsNamed(kernels, name).logDensity(kernel, value);
        }, logWeight),
      );
      const largest = Math.max(...terms);
      return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0));
    },
  };
}

function kernelsOf(space: SearchSpace, { name, observations }: { name: string; observations: readonly ParameterValues[] }): ParzenKernels {
  const parameter = space[name];
  if (parameter === undefined) throw new RangeError(`the space has no ${name}`);
  const observed = observations.flatMap((values) => values[name] ?? []);
  return parameter.type === 'choice' ? choiceKernels(parameter, observed) : numberKernels(parameter, observed.map(Number));
}

function kernelsNamed(kernels: ReadonlyMap<string, ParzenKernels>, name: string): ParzenKernels {
  const found = kernels.get(name);
  if (found === undefined) throw new RangeError(`the space has no ${name}`);
  return found;
}

function ageWeights(count: number): number[] {
  const aged = Math.max(0, count - fullWeights);
  const first = 1 / Math.max(1, count);
  return Array.from({ length: count }, (_, index) => (index >= aged ? 1 : aged === 1 ? first : first + ((1 - first) * index) / (aged - 1)));
}
