import { trainingSchema } from '../../delaynet/training-schema.ts';
import { isPathFault, type PathFault, putParameter } from '../../tuning/parameter-path.ts';
import type { ParameterValue } from '../../tuning/search-space.ts';
import { nearest } from '../nearest.ts';
import type { PipelineShape } from '../schema/pipeline.ts';
import type { TuningParameter } from '../schema/tuning.ts';
import type { Report, Rule } from './rule.ts';

/** Every searched path exists below `training`, and every value that a study could try is one that `training` takes. */
export const tuningRules: Rule = (pipeline, report) => {
  // A mistake that training itself has would be told again for every path.
  if (!trainingSchema.safeParse(pipeline.training).success) return;
  for (const [path, parameter] of Object.entries(pipeline.tuning?.parameters ?? {})) {
    const where = ['tuning', 'parameters', path];
    if (parameter.type !== 'choice' && !hasOrder(parameter, { report, where })) continue;
    for (const { key, value } of extremes(parameter)) {
      const fault = faultOf(pipeline, { path, value });
      if (fault === undefined) continue;
      reportFault(fault, { report, where: fault.kind === 'path' ? where : [...where, ...key], value, path });
      break;
    }
  }
};

interface Place {
  readonly report: Report;
  readonly where: readonly (string | number)[];
}

function hasOrder(parameter: Exclude<TuningParameter, { type: 'choice' }>, { report, where }: Place): boolean {
  const { low, high, log } = parameter;
  if (low >= high) report([...where, 'high'], `found ${high}, with low ${low}; allowed: more than low`);
  if (log && low <= 0) report([...where, 'low'], `found ${low} on a logarithmic scale; allowed: above 0`);
  return low < high && (!log || low > 0);
}

/** Both ends, and for fractions a place between, where a whole number may be asked for; every choice. */
function extremes(parameter: TuningParameter): { readonly key: (string | number)[]; readonly value: ParameterValue }[] {
  if (parameter.type === 'choice') return parameter.choices.map((value, index) => ({ key: ['choices', index], value }));
  const { low, high } = parameter;
  const ends = [
    { key: ['low'], value: low },
    { key: ['high'], value: high },
  ];
  return parameter.type === 'integer' ? ends : [...ends, { key: ['type'], value: low + (high - low) * 0.381966 }];
}

function faultOf(pipeline: PipelineShape, { path, value }: { readonly path: string; readonly value: ParameterValue }): PathFault | undefined {
  const result = putParameter(pipeline.training, path, value);
  return isPathFault(result) ? result : undefined;
}

function reportFault(fault: PathFault, { report, where, value, path }: Place & { readonly value: ParameterValue; readonly path: string }): void {
  if (fault.kind === 'path') {
    // Of two numbers none is a slip of the other.
    const closest = /^\d+$/.test(fault.found) ? [] : nearest(fault.found, fault.allowed);
    report(where, `found "${fault.found}", ${missingFrom(path, fault.found)}; ${closest.length > 0 ? `did you mean ${closest.join(' or ')}?` : `allowed: ${fault.allowed.join(', ')}`}`);
    return;
  }
  const found = where.at(-1) === 'type' ? `float, which tries fractions such as ${value}` : JSON.stringify(value);
  report(where, `found ${found}; allowed: ${fault.allowed}`);
}

function missingFrom(path: string, step: string): string {
  const steps = path.split('.');
  const at = steps.indexOf(step);
  return at === 0 ? 'which no study may change' : `which training.${steps.slice(0, at).join('.')} does not have`;
}
