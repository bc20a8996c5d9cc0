import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseYaml } from '../pipeline/parse-yaml.ts';
import { type DayRange, dayRangeSchema } from '../pipeline/training-window.ts';
import { formatCount } from '../report/format-number.ts';
import { overlapOf } from './window-overlap.ts';

const fileName = 'holdout-ledger.yaml';

const lookSchema = z.strictObject({
  window: dayRangeSchema,
  by: z.string().min(1).describe('What looked, e.g. a bench or a study'),
  looked: z.string().min(1).describe('When, or how often'),
  purpose: z.string().min(1),
  decided: z.boolean().describe('Whether anything was chosen by what was seen'),
});
export type CommittedLook = z.infer<typeof lookSchema>;

const ledgerSchema = z.strictObject({ schema: z.literal('taxiway/holdout-ledger/v1'), looks: z.array(lookSchema) });

/** The looks at test days that people have written down in `<pipeline folder>/holdout-ledger.yaml`; no file, no looks. @throws UserError pipeline-invalid */
export async function readCommittedLooks(pipelineFolder: string): Promise<CommittedLook[]> {
  const path = join(pipelineFolder, fileName);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  return text === undefined ? [] : parseYaml({ path, text, code: 'pipeline-invalid' }, ledgerSchema).looks;
}

/** The looks at any of these days, in one sentence for a report; undefined where nobody has written one down. */
export function describeLooks(looks: readonly CommittedLook[], window: DayRange): string | undefined {
  const same = looks.filter((look) => overlapOf(window, look.window) > 0);
  if (same.length === 0) return undefined;
  const told = same.map(({ by, looked, decided }) => `${by} (${looked}, ${decided ? 'decided by it' : 'nothing decided by it'})`);
  return `${window.from} to ${window.to} had been looked at ${same.length === 1 ? 'once' : `${formatCount(same.length)} times`} before: ${told.join('; ')}.`;
}
