import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { UserError } from '../errors.ts';
import { choice, digest, flag, optionalMoment, optionalVersion, pairs, secret } from './inputs/fields.ts';
import { readInputs } from './read-inputs.ts';
import { SecretMask } from './secret-mask.ts';

const schema = z.object({
  snapshot: digest('Digest of the snapshot'),
  'as-of': optionalMoment('The moment'),
  champion: choice(['live', 'none'], 'live', 'Judge against'),
  'dry-run': flag('Change nothing'),
  version: optionalVersion('The version'),
  labels: pairs('Labels'),
  'signing-key': secret('Key'),
});
const good = `sha256:${'0'.repeat(64)}`;

function read(inputs: Record<string, string>, mask = new SecretMask()): z.output<typeof schema> {
  for (const [name, value] of Object.entries(inputs)) process.env[`INPUT_${name.toUpperCase()}`] = value;
  return readInputs(schema, mask);
}

function mistake(inputs: Record<string, string>): UserError {
  try {
    read(inputs);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('the inputs were accepted');
}

afterEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('INPUT_')) Reflect.deleteProperty(process.env, name);
});

describe('readInputs', () => {
  it('reads every input once into its type', () => {
    const inputs = read({ snapshot: good, 'as-of': '2013-05-01T12:00:00Z', champion: 'none', 'dry-run': 'true', version: 'model_v12', labels: 'a=1\nb=x=y\n' });
    expect(inputs).toMatchObject({
      snapshot: good,
      'as-of': Date.UTC(2013, 4, 1, 12),
      champion: 'none',
      'dry-run': true,
      version: 12,
      labels: { a: '1', b: 'x=y' },
    });
  });

  it('takes an empty input for one that was not given', () => {
    expect(read({ snapshot: good, champion: '', 'as-of': '' })).toMatchObject({ champion: 'live', 'dry-run': false, labels: {} });
  });

  it('names every bad input with what was found and what is allowed', () => {
    const { code, message } = mistake({ snapshot: 'latest', champion: 'maybe', version: 'v0', 'dry-run': 'yes', labels: 'oops' });
    expect(code).toBe('input-invalid');
    expect(message.split('\n')).toEqual([
      'input "snapshot" is "latest", which is not allowed: a digest looks like sha256: and 64 hexadecimal digits; pass it as the earlier step put it out',
      'input "champion" is "maybe", which is not allowed: write one of live, none',
      'input "dry-run" is "yes", which is not allowed: write true or false',
      'input "version" is "v0", which is not allowed: a version looks like v3',
      'input "labels" is "oops", which is not allowed: write one NAME=value per line, each name once; "oops" is not that',
    ]);
  });

  it('names a missing input by its description', () => {
    expect(mistake({}).message).toBe('input "snapshot" is missing: Digest of the snapshot');
  });

  it('refuses a moment without a time zone', () => {
    expect(mistake({ snapshot: good, 'as-of': '2013-05-01T12:00:00' }).message).toContain('ISO 8601');
  });

  it('masks a secret and takes it out of the environment that programs inherit', () => {
    const mask = new SecretMask();
    expect(read({ snapshot: good, 'signing-key': 'correct horse battery' }, mask)['signing-key']).toBe('correct horse battery');
    expect(process.env['INPUT_SIGNING-KEY']).toBeUndefined();
    expect(mask.redact('correct horse battery')).toBe('***');
  });
});
