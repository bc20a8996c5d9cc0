import { z } from 'zod';
import { type Training, trainingSchema } from '../delaynet/training-schema.ts';
import { describeAllowed } from '../pipeline/allowed.ts';
import type { ParameterValue, ParameterValues } from './search-space.ts';

/** Sections of `training` that a study may change. The others say on what is trained and how it is judged, or would only search for luck. */
export const tunableSections = ['network', 'sampling', 'loss', 'optimizer', 'averaging', 'category-dropout', 'batch-size', 'maximum-epochs', 'patience'] as const satisfies readonly (keyof Training)[];

export type PathFault =
  | { readonly kind: 'path'; readonly found: string; readonly allowed: readonly string[] }
  /** `allowed` in words, as the schema says it. */
  | { readonly kind: 'value'; readonly allowed: string };

/** `training` with one value put at a path such as network.layers.1.units, or why that cannot be. Pure: what is given stays as it is. */
export function putParameter(training: Training, path: string, value: ParameterValue): Training | PathFault {
  const steps = path.split('.');
  const copy: unknown = structuredClone(training);
  let owner: unknown = copy;
  const [section = ''] = steps;
  if (!(tunableSections as readonly string[]).includes(section)) return { kind: 'path', found: section, allowed: tunableSections };
  for (const step of steps.slice(0, -1)) {
    const next: unknown = isContainer(owner) && Object.hasOwn(owner, step) ? Reflect.get(owner, step) : undefined;
    if (!isContainer(next)) return { kind: 'path', found: step, allowed: branchesOf(owner) };
    owner = next;
  }
  const last = steps.at(-1) ?? '';
  const names = namesOf(owner);
  const known = names.includes(last);
  // Only a key that the file has, or that the schema may take: never what every object inherits, such as __proto__, nor an array's length.
  if (!isContainer(owner) || (!known && (Array.isArray(owner) || last in owner))) return { kind: 'path', found: last, allowed: names };
  // A whole section is not a value: what it holds is searched one by one.
  if (known && isContainer(Reflect.get(owner, last))) return { kind: 'path', found: last, allowed: namesOf(Reflect.get(owner, last)).map((name) => `${last}.${name}`) };
  Reflect.set(owner, last, value);
  const parsed = trainingSchema.safeParse(copy);
  if (parsed.success) return parsed.data;
  // A key that is only missing, such as loss.class-weights, is taken by the schema; one that it does not know is a mistake of the path.
  if (!known && parsed.error.issues.some(({ code }) => code === 'unrecognized_keys')) return { kind: 'path', found: last, allowed: names };
  return { kind: 'value', allowed: allowedAt(training, steps) };
}

export function isPathFault(result: Training | PathFault): result is PathFault {
  return 'kind' in result;
}

/** What the file itself says at the paths; undefined for a path that it leaves out. */
export function presentParameters(training: Training, paths: readonly string[]): Readonly<Record<string, ParameterValue | undefined>> {
  return Object.fromEntries(
    paths.map((path) => {
      const value = path.split('.').reduce<unknown>((owner, step) => (isContainer(owner) && Object.hasOwn(owner, step) ? Reflect.get(owner, step) : undefined), training);
      return [path, typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean' ? value : undefined];
    }),
  );
}

/** All values of one point put at their paths. The first that cannot be is returned. */
export function putParameters(training: Training, values: ParameterValues): Training | (PathFault & { readonly path: string }) {
  let result = training;
  for (const path of Object.keys(values).sort()) {
    const value = values[path];
    if (value === undefined) continue;
    const next = putParameter(result, path, value);
    if (isPathFault(next)) return { ...next, path };
    result = next;
  }
  return result;
}

function allowedAt(training: Training, steps: readonly string[]): string {
  const shape = z.toJSONSchema(trainingSchema, { io: 'input' });
  return describeAllowed({ shape, value: training }, steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step)));
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function namesOf(owner: unknown): string[] {
  return isContainer(owner) ? Object.keys(owner) : [];
}

function branchesOf(owner: unknown): string[] {
  return isContainer(owner) ? Object.entries(owner).flatMap(([name, value]) => (isContainer(value) ? [name] : [])) : [];
}
