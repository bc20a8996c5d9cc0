import type { z } from 'zod';

/** A schema as JSON Schema: what is allowed is read from it, so that messages cannot contradict the parser. */
export type Shape = z.core.JSONSchema.JSONSchema;

export interface AllowedContext {
  readonly shape: Shape;
  /** What the whole document holds: it says which of several forms its writer meant. */
  readonly value: unknown;
}

/** The keys that the mapping at a path may have, one list per form that fits; none where any name is allowed. */
export function allowedKeys(context: AllowedContext, path: readonly PropertyKey[]): string[][] {
  return shapesAt(context, path)
    .map((shape) => Object.keys(shape.properties ?? {}))
    .filter((keys) => keys.length > 0);
}

/** What may stand at a path, in words. */
export function describeAllowed(context: AllowedContext, path: readonly PropertyKey[]): string {
  const shapes = shapesAt(context, path);
  const choices = shapes.flatMap((shape) => shape.enum ?? (shape.const === undefined ? [] : [shape.const])).map(String);
  const phrases = shapes.filter((shape) => shape.enum === undefined && shape.const === undefined).map(describe);
  return [...new Set(choices.length === 0 ? phrases : [choices.join(', '), ...phrases])].join(', or ') || 'see the schema';
}

function shapesAt({ shape, value }: AllowedContext, path: readonly PropertyKey[]): Shape[] {
  // The key that is asked about does not choose the form: its other values are what is asked for.
  const asked = path.at(-1);
  let shapes = forms(shape, value, path.length === 1 ? asked : undefined);
  let here = value;
  for (const [index, step] of path.entries()) {
    here = isRecord(here) || Array.isArray(here) ? Reflect.get(here, step) : undefined;
    shapes = shapes.flatMap((owner) => child(owner, step)).flatMap((found) => forms(found, here, index === path.length - 2 ? asked : undefined));
  }
  return shapes;
}

/** A union's members, and theirs; where a constant such as `type` tells them apart, only those that the value names. */
function forms(shape: Shape, value: unknown, asked: PropertyKey | undefined): Shape[] {
  const members = shape.anyOf ?? shape.oneOf;
  if (members === undefined) return [shape];
  const all = members.filter(isShape);
  const fitting = all.filter((member) => agrees(member, value, asked));
  return (fitting.length > 0 ? fitting : all).flatMap((member) => forms(member, value, asked));
}

function agrees(shape: Shape, value: unknown, asked: PropertyKey | undefined): boolean {
  if (!isRecord(value)) return true;
  return Object.entries(shape.properties ?? {}).every(([key, property]) => key === asked || !isShape(property) || property.const === undefined || property.const === value[key]);
}

function child(shape: Shape, step: PropertyKey): Shape[] {
  if (typeof step === 'number') {
    const item = shape.prefixItems?.[step] ?? shape.items;
    return isShape(item) ? [item] : [];
  }
  const property = shape.properties?.[String(step)] ?? shape.additionalProperties;
  return isShape(property) ? [property] : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isShape(value: unknown): value is Shape {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const names: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'nothing',
};

function describe(shape: Shape): string {
  if (typeof shape.type !== 'string') return 'see the schema';
  const name = shape.type === 'array' && shape.prefixItems !== undefined ? `a list of ${shape.prefixItems.length}` : (names[shape.type] ?? shape.type);
  const keys = shape.type === 'object' ? Object.keys(shape.properties ?? {}) : [];
  return [name, keys.length > 0 ? `with ${keys.join(', ')}` : '', bounds(shape)].filter((part) => part !== '').join(' ');
}

function bounds(shape: Shape): string {
  const parts = [
    shape.minimum !== undefined && shape.minimum > Number.MIN_SAFE_INTEGER ? `from ${shape.minimum}` : '',
    shape.exclusiveMinimum === undefined ? '' : `above ${shape.exclusiveMinimum}`,
    shape.maximum !== undefined && shape.maximum < Number.MAX_SAFE_INTEGER ? `to ${shape.maximum}` : '',
    shape.exclusiveMaximum === undefined ? '' : `below ${shape.exclusiveMaximum}`,
    shape.minItems === undefined || shape.prefixItems !== undefined ? '' : `of at least ${shape.minItems}`,
    shape.minLength === undefined ? '' : 'that is not empty',
    shape.pattern === undefined ? '' : `like ${shape.pattern}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}
