import { createHash } from 'node:crypto';
import type { OperatingPoint } from './operating-point.ts';

/** The record that is mounted, as far as the service reads it. Its whole schema is `operatingPointRecordSchema` of the domain; a test holds both together. */
export interface OperatingPointRecord extends OperatingPoint {
  readonly version: number;
  /** sha256:… of the model it was chosen for. */
  readonly modelDigest: string;
  readonly createdAt: string;
}

/** Why a file is not an operating point: for people. */
export interface MalformedOperatingPoint {
  readonly malformed: string;
}

const schema = 'taxiway/operating-point/v1';
const members = ['createdAt', 'id', 'model', 'policy', 'schema', 'source', 'threshold', 'window'];
const digest = /^sha256:[0-9a-f]{64}$/;

type Members = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The text that the id is the SHA-256 of: no white space, keys by code unit. */
function canonical(record: Members): string {
  return JSON.stringify(record, (_key, value: unknown) => (isObject(value) ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, value[key]])) : value));
}

/** What is wrong with the record, or undefined. */
function mistake(record: Members): string | undefined {
  if (record['schema'] !== schema) return `its schema is ${JSON.stringify(record['schema'])}, not ${schema}`;
  const unknown = Object.keys(record).find((name) => !members.includes(name));
  if (unknown !== undefined) return `it has a member ${JSON.stringify(unknown.slice(0, 80))}; allowed are ${members.join(', ')}`;
  const missing = members.find((name) => !(name in record));
  if (missing !== undefined) return `it has no ${missing}`;
  const { model, threshold, source, createdAt, id, ...others } = record;
  if (typeof threshold !== 'number' || !(threshold >= 0 && threshold <= 1)) return `its threshold is ${JSON.stringify(threshold)}; allowed is a number from 0 to 1`;
  if (source !== 'trailing' && source !== 'validation') return `its source is ${JSON.stringify(source)}; allowed are trailing and validation`;
  if (!isObject(model) || typeof model['name'] !== 'string' || !Number.isInteger(model['version']) || typeof model['digest'] !== 'string' || !digest.test(model['digest'])) {
    return 'its model must be { name, version, digest }';
  }
  if (!isObject(others['policy']) || (others['window'] !== null && !isObject(others['window']))) return 'its policy must be an object, its window an object or null';
  if (typeof createdAt !== 'string' || Number.isNaN(Date.parse(createdAt))) return `its createdAt is ${JSON.stringify(createdAt)}; allowed is an ISO 8601 moment`;
  const { id: _, ...content } = record;
  if (id !== `sha256:${createHash('sha256').update(canonical(content)).digest('hex')}`) return 'its id is not the SHA-256 of its other members: it was changed by hand';
  return undefined;
}

/** Reads a mounted record; what is wrong with it is a value, because the service goes on with the one it has. */
export function parseOperatingPoint(text: string): OperatingPointRecord | MalformedOperatingPoint {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    return { malformed: 'it is not JSON' };
  }
  if (!isObject(record)) return { malformed: 'it is no JSON object' };
  const malformed = mistake(record);
  if (malformed !== undefined) return { malformed };
  const { id, threshold, source, createdAt, model } = record as unknown as OperatingPointRecord & { readonly model: { readonly version: number; readonly digest: string } };
  return { id, threshold, source, createdAt, version: model.version, modelDigest: model.digest };
}
