import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { allDefinitions } from '../../src/action/definitions/all-definitions.ts';
import { describeInputs } from '../../src/action/describe-inputs.ts';

const actions = join(import.meta.dirname, '../../actions');
const actionYml = z.strictObject({
  name: z.string(),
  description: z.string(),
  inputs: z.record(z.string(), z.strictObject({ description: z.string().min(1), required: z.boolean(), default: z.string().optional() })),
  outputs: z.record(z.string(), z.strictObject({ description: z.string().min(1) })),
  runs: z.strictObject({ using: z.literal('node24'), main: z.literal('dist/index.js') }),
});

describe('actions', () => {
  it('has one definition per folder', async () => {
    expect((await readdir(actions)).sort()).toEqual(allDefinitions.map(({ step }) => step).sort());
  });

  describe.each(allDefinitions)('$step', (definition) => {
    it('declares in action.yml exactly the inputs and outputs that the code reads and writes', async () => {
      const yml = actionYml.parse(parse(await readFile(join(actions, definition.step, 'action.yml'), 'utf8')));
      const declared = Object.entries(yml.inputs).map(([name, input]) => ({ name, ...input, default: input.default ?? '' }));
      const read = describeInputs(definition.inputs).map(({ name, description, required, default: text }) => ({ name, description, required, default: text ?? '' }));
      expect(declared).toEqual(read);
      expect(Object.keys(yml.outputs)).toEqual([...Object.keys(definition.outputs), 'verdict', 'verdict-path']);
    });

    it('names its inputs as the runner can pass them', () => {
      for (const { name } of describeInputs(definition.inputs)) expect(name).toMatch(/^[a-z][a-z-]*$/);
    });

    it('keeps main.ts to wiring', async () => {
      const path = join(actions, definition.step, 'main.ts');
      expect(existsSync(path)).toBe(true);
      expect((await readFile(path, 'utf8')).trimEnd().split('\n').length).toBeLessThanOrEqual(40);
    });
  });
});
