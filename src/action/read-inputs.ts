import * as core from '@actions/core';
import type { z } from 'zod';
import { UserError } from '../errors.ts';
import { describeInputs } from './describe-inputs.ts';
import type { SecretMask } from './secret-mask.ts';

/** An action's inputs: every member reads a string, as the runner passes them, and has a description. */
export type InputSchema = z.ZodObject<Record<string, z.ZodType<unknown, string | undefined>>>;

/**
 * All inputs, read once from INPUT_<NAME> and parsed. An empty input counts as not given. Secrets are masked and then removed from
 * the environment, so that no program started later inherits them.
 * @throws UserError input-invalid, one line per bad input
 */
export function readInputs<Schema extends InputSchema>(schema: Schema, mask: SecretMask): z.output<Schema> {
  const given: Record<string, string | undefined> = {};
  const secrets = new Set<string>();
  for (const { name, secret } of describeInputs(schema)) {
    const value = core.getInput(name, { trimWhitespace: !secret });
    given[name] = value === '' ? undefined : value;
    if (!secret || value === '') continue;
    secrets.add(name);
    maskSecret(value, mask);
    Reflect.deleteProperty(process.env, environmentName(name));
  }
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const mistakes = result.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? '');
    const value = given[name];
    if (value === undefined) return `input "${name}" is missing: ${schema.shape[name]?.description ?? issue.message}`;
    return `input "${name}" is ${secrets.has(name) ? 'a secret that' : `"${value}", which`} is not allowed: ${issue.message}`;
  });
  throw new UserError('input-invalid', mistakes.join('\n'), { hint: "The action's README lists its inputs and what each allows." });
}

/** The runner is told only where there is one: elsewhere its command would print the very secret. */
export function maskSecret(value: string, mask: SecretMask): void {
  const forms = mask.add(value);
  if (process.env['GITHUB_ACTIONS'] === 'true') for (const form of forms) core.setSecret(form);
}

function environmentName(input: string): string {
  return `INPUT_${input.replaceAll(' ', '_').toUpperCase()}`;
}
