import type { TuningParameter } from '../pipeline/schema/tuning.ts';
import { quantile } from '../statistics/quantile.ts';
import { rankTrials } from './rank-trials.ts';
import type { SeenTrial } from './sampler.ts';
import { axisOf, type NumberParameter, parameterNames, type ParameterValue, type SearchSpace } from './search-space.ts';

export interface ParameterImportance {
  readonly name: string;
  /** Shares that sum to 1. */
  readonly importance: number;
}

/** Fewer trials than this say nothing about what mattered. */
export const fewestTrials = 10;
const bestShare = 0.25;
const gridPoints = 50;

/**
 * How much each parameter decides whether a trial is among the best quarter: the Pearson divergence between where the best trials lie and
 * where all do, along that parameter alone. The most important first; undefined for fewer than ten trials, and where none matters.
 * Source: Watanabe, Bansal and Hutter, "PED-ANOVA: Efficiently Quantifying Hyperparameter Importance in Arbitrary Subspaces" (2023).
 */
export function parameterImportance(space: SearchSpace, trials: readonly SeenTrial[]): ParameterImportance[] | undefined {
  const ranked = rankTrials(trials).filter(({ state }) => state !== 'failed');
  if (ranked.length < fewestTrials) return undefined;
  const best = ranked.slice(0, Math.ceil(bestShare * ranked.length));
  const divergences = parameterNames(space).flatMap((name) => {
    const parameter = space[name];
    if (parameter === undefined) return [];
    const observed = (of: readonly SeenTrial[]): ParameterValue[] => of.flatMap(({ parameters }) => parameters[name] ?? []);
    const all = density(parameter, observed(ranked));
    const among = density(parameter, observed(best));
    return [{ name, divergence: all.reduce((sum, p, index) => sum + p * ((among[index] ?? 0) / p - 1) ** 2, 0) }];
  });
  const total = divergences.reduce((sum, { divergence }) => sum + divergence, 0);
  if (!(total > 0)) return undefined;
  return divergences.map(({ name, divergence }) => ({ name, importance: divergence / total })).sort((a, b) => b.importance - a.importance || (a.name < b.name ? -1 : 1));
}

/** Where the values lie: a share for each choice, or for each point of a grid. One even kernel beside theirs keeps every share above zero. */
function density(parameter: TuningParameter, observed: readonly ParameterValue[]): number[] {
  if (parameter.type === 'choice') {
    const { choices } = parameter;
    return choices.map((choice) => (observed.filter((value) => value === choice).length + 1 / choices.length) / (observed.length + 1));
  }
  const axis = axisOf(parameter);
  const grid = gridOf(parameter);
  const positions = Float64Array.from(observed, (value) => axis.toAxis(Number(value)));
  const width = Math.max(scottWidth(positions), (axis.high - axis.low) / gridPoints);
  const sums = grid.map(() => 1 / grid.length);
  for (const position of positions) {
    const kernel = grid.map((point) => Math.exp(-0.5 * ((point - position) / width) ** 2));
    const mass = kernel.reduce((sum, value) => sum + value, 0);
    kernel.forEach((value, index) => (sums[index] = (sums[index] ?? 0) + value / mass));
  }
  return sums.map((sum) => sum / (positions.length + 1));
}

function gridOf(parameter: NumberParameter): number[] {
  const { low, high, toAxis } = axisOf(parameter);
  const cells = parameter.high - parameter.low + 1;
  if (parameter.type === 'integer' && cells <= gridPoints) return Array.from({ length: cells }, (_, index) => toAxis(parameter.low + index));
  return Array.from({ length: gridPoints }, (_, index) => low + ((high - low) * (index + 0.5)) / gridPoints);
}

/** Scott's rule, the smaller of the standard deviation and the quartiles' distance being the spread. */
function scottWidth(positions: Float64Array): number {
  const mean = positions.reduce((sum, value) => sum + value, 0) / positions.length;
  const deviation = Math.sqrt(positions.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, positions.length - 1));
  const quartiles = (quantile(positions, 0.75) - quantile(positions, 0.25)) / 1.34;
  return 1.059 * Math.min(deviation, quartiles > 0 ? quartiles : deviation) * positions.length ** -0.2;
}
