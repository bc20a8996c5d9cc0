import { describe, expect, it } from 'vitest';
import { championEnvironment } from '../champion-environment.ts';
import { mirrorSchema } from '../schema/mirror.ts';
import type { PipelineShape } from '../schema/pipeline.ts';
import { mirrorRules } from './mirror-rules.ts';

type Mirror = PipelineShape['mirror'];

function pipeline(mirror: Mirror, names: readonly string[], plugins: string[] = []): PipelineShape {
  return { mirror, plugins, environments: Object.fromEntries(names.map((name) => [name, {}])) } as unknown as PipelineShape;
}

function broken(...given: Parameters<typeof pipeline>): string[] {
  const found: string[] = [];
  mirrorRules(pipeline(...given), (path, message) => found.push(`${path.join('.')}: ${message}`));
  return found;
}

describe('mirrorRules', () => {
  it('asks which environment has the champion only where that is not plain', () => {
    const mirror = { type: 'mlflow' };
    expect(broken(mirror, ['local'])).toEqual([]);
    expect(broken(mirror, ['staging', 'production'])).toEqual([]);
    expect(broken(mirror, ['staging', 'live'])).toEqual([expect.stringContaining('environment: live or staging')]);
    expect(broken({ ...mirror, environment: 'live' }, ['staging', 'live'])).toEqual([]);
    expect(broken({ ...mirror, environment: 'prod' }, ['production'])).toEqual([expect.stringContaining('found "prod"')]);
    expect(championEnvironment(pipeline(mirror, ['staging', 'production']))).toBe('production');
    expect(championEnvironment(pipeline(mirror, ['local']))).toBe('local');
    expect(championEnvironment(pipeline({ ...mirror, environment: 'live' }, ['staging', 'live', 'production']))).toBe('live');
  });

  it('leaves a type that it does not know to the plugins, where there are some', () => {
    expect(broken({ type: 'wandb' }, ['local'])).toEqual([expect.stringContaining('allowed: mlflow')]);
    expect(broken({ type: 'wandb' }, ['local'], ['./wandb.mjs'])).toEqual([]);
  });
});

describe('mirrorSchema', () => {
  it.each([
    [{ type: 'mlflow' }, /tracking-uri/],
    [{ type: 'mlflow', 'tracking-uri': 'https://ann:secret@host' }, /without user, password/],
    [{ type: 'mlflow', 'tracking-uri': 'databricks' }, /http or https/],
    [{ type: 'mlflow', 'tracking-uri': 'https://host', colour: 'red' }, /colour/],
  ])('refuses %o', (given, message) => {
    const result = mirrorSchema.safeParse(given);
    expect(JSON.stringify(result.error?.issues)).toMatch(message);
  });

  it('leaves the options of other mirrors to their plugins', () => {
    expect(mirrorSchema.safeParse({ type: 'wandb', project: 'delay' }).success).toBe(true);
  });
});
