import type { Random } from '../statistics/random.ts';
import { normalCdf } from '../statistics/normal-distribution.ts';
import { axisOf, type ChoiceParameter, choiceAt, type NumberParameter, type ParameterValue } from './search-space.ts';

/** One parameter's part of a Parzen estimator: a kernel for each observation, and last the prior's. */
export interface ParzenKernels {
  sample(kernel: number, random: Random): ParameterValue;
  /** Natural logarithm of the kernel's density (of its mass, for whole numbers and choices). */
  logDensity(kernel: number, value: ParameterValue): number;
}

/**
 * Normal kernels cut at the bounds. A kernel is as wide as the further of its two neighbours is away, though never narrower than
 * range / min(100, kernels + 1) ("magic clipping"); the prior is centred and as wide as the range.
 * Source: Bergstra, Bardenet, Bengio and Kégl, "Algorithms for Hyper-Parameter Optimization" (2011); widths as Watanabe,
 * "Tree-Structured Parzen Estimator" (2023), section 3.3.4 and appendix, describes them.
 */
export function numberKernels(parameter: NumberParameter, observed: readonly number[]): ParzenKernels {
  const axis = axisOf(parameter);
  const range = axis.high - axis.low;
  const means = [...observed.map(axis.toAxis), axis.low + range / 2];
  const widths = [...neighbourWidths(means.slice(0, -1), axis), range];
  const at = (values: readonly number[], kernel: number): number => values[kernel] ?? Number.NaN;
  const massWithin = means.map((mean, kernel) => intervalMass([axis.low, axis.high], { mean, width: at(widths, kernel) }));
  return {
    sample(kernel, random) {
      // The mean lies within the bounds and the width is at most the range: a third of all draws lie within.
      for (;;) {
        const position = at(means, kernel) + at(widths, kernel) * random.normal();
        if (position >= axis.low && position <= axis.high) return axis.fromAxis(position);
      }
    },
    logDensity(kernel, value) {
      const normal = { mean: at(means, kernel), width: at(widths, kernel) };
      const cell = axis.cell(Number(value));
      const logScale = Math.log(at(massWithin, kernel));
      if (cell !== undefined) return Math.log(Math.max(intervalMass(cell, normal), Number.MIN_VALUE)) - logScale;
      const z = (axis.toAxis(Number(value)) - normal.mean) / normal.width;
      return -0.5 * z * z - Math.log(normal.width * Math.sqrt(2 * Math.PI)) - logScale;
    },
  };
}

/** Each kernel gives its own choice the weight 1 on top of 1/kernels for every choice; the prior gives all the same. */
export function choiceKernels(parameter: ChoiceParameter, observed: readonly ParameterValue[]): ParzenKernels {
  const count = parameter.choices.length;
  const kernels = observed.length + 1;
  const spread = 1 / kernels;
  const total = count * spread + 1;
  const share = (kernel: number, value: ParameterValue): number => (kernel === observed.length ? 1 / count : (spread + (observed[kernel] === value ? 1 : 0)) / total);
  return {
    sample(kernel, random) {
      let left = random.next();
      for (let index = 0; index < count - 1; index++) {
        left -= share(kernel, choiceAt(parameter, index));
        if (left < 0) return choiceAt(parameter, index);
      }
      return choiceAt(parameter, count - 1);
    },
    logDensity: (kernel, value) => Math.log(share(kernel, value)),
  };
}

function neighbourWidths(means: readonly number[], { low, high }: { readonly low: number; readonly high: number }): number[] {
  const order = means.map((_, index) => index).sort((a, b) => (means[a] ?? 0) - (means[b] ?? 0) || a - b);
  const sorted = order.map((index) => means[index] ?? 0);
  const narrowest = (high - low) / Math.min(100, means.length + 2);
  const widths = means.map(() => 0);
  order.forEach((index, rank) => {
    const here = sorted[rank] ?? 0;
    const before = here - (sorted[rank - 1] ?? low);
    const after = (sorted[rank + 1] ?? high) - here;
    // The bounds are no neighbours, unless an observation has no other.
    const width = sorted.length === 1 ? Math.max(before, after) : rank === 0 ? after : rank === sorted.length - 1 ? before : Math.max(before, after);
    widths[index] = Math.min(high - low, Math.max(narrowest, width));
  });
  return widths;
}

function intervalMass([from, to]: readonly [number, number], { mean, width }: { readonly mean: number; readonly width: number }): number {
  const a = (from - mean) / width;
  const b = (to - mean) / width;
  // In the lower tail differences keep their relative precision.
  return a > 0 ? normalCdf(-a) - normalCdf(-b) : normalCdf(b) - normalCdf(a);
}
