import type { TuningParameter } from '../pipeline/schema/tuning.ts';
import type { Random } from '../statistics/random.ts';

/** What may be searched, by the path below `training`. */
export type SearchSpace = Readonly<Record<string, TuningParameter>>;
export type ParameterValue = string | number | boolean;
/** One point of a search space: a value for each of its names. */
export type ParameterValues = Readonly<Record<string, ParameterValue>>;

export type NumberParameter = Extract<TuningParameter, { type: 'float' | 'integer' }>;
export type ChoiceParameter = Extract<TuningParameter, { type: 'choice' }>;

/** A number parameter on the scale it is searched on: its logarithm where `log` is set; whole numbers are cells half a step to either side. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly toAxis: (value: number) => number;
  readonly fromAxis: (position: number) => number;
  /** Where a whole number's cell begins and ends; undefined for numbers that have no cell. */
  readonly cell: (value: number) => readonly [number, number] | undefined;
}

/** @example axisOf({ type: 'integer', low: 1, high: 3, log: false }).cell(2); // [1.5, 2.5] */
export function axisOf(parameter: NumberParameter): Axis {
  const { low, high, log } = parameter;
  const margin = parameter.type === 'integer' ? 0.5 : 0;
  const toAxis = (value: number): number => (log ? Math.log(value) : value);
  const within = (value: number): number => Math.min(high, Math.max(low, value));
  return {
    low: toAxis(low - margin),
    high: toAxis(high + margin),
    toAxis,
    fromAxis: (position) => {
      const value = log ? Math.exp(position) : position;
      return within(margin > 0 ? Math.round(value) : value);
    },
    cell: (value) => (margin > 0 ? [toAxis(value - margin), toAxis(value + margin)] : undefined),
  };
}

/** A point drawn evenly from the space: on the logarithmic scale where a parameter asks for it. */
export function drawUniform(space: SearchSpace, random: Random): ParameterValues {
  return mapSpace(space, (parameter) => {
    if (parameter.type === 'choice') return choiceAt(parameter, random.integer(parameter.choices.length));
    const axis = axisOf(parameter);
    return axis.fromAxis(axis.low + (axis.high - axis.low) * random.next());
  });
}

/** Whether the values name exactly the space's parameters, and each lies in its bounds. */
export function isInSpace(values: ParameterValues, space: SearchSpace): boolean {
  return Object.keys(values).length === Object.keys(space).length && Object.entries(space).every(([name, parameter]) => Object.hasOwn(values, name) && isAllowed(values[name], parameter));
}

function isAllowed(value: ParameterValue | undefined, parameter: TuningParameter): boolean {
  if (value === undefined) return false;
  if (parameter.type === 'choice') return parameter.choices.includes(value);
  return typeof value === 'number' && value >= parameter.low && value <= parameter.high && (parameter.type === 'float' || Number.isInteger(value));
}

/** Names in one order, whatever order the file has them in: a study must not depend on it. */
export function parameterNames(space: SearchSpace): string[] {
  return Object.keys(space).sort();
}

export function mapSpace(space: SearchSpace, valueOf: (parameter: TuningParameter, name: string) => ParameterValue): ParameterValues {
  return Object.fromEntries(
    parameterNames(space).flatMap((name) => {
      const parameter = space[name];
      return parameter === undefined ? [] : [[name, valueOf(parameter, name)]];
    }),
  );
}

export function choiceAt(parameter: ChoiceParameter, index: number): ParameterValue {
  const choice = parameter.choices[index];
  if (choice === undefined) throw new RangeError(`there is no choice ${index} of ${parameter.choices.length}`);
  return choice;
}
