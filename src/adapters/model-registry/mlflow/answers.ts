import { z } from 'zod';

// What is read of MLflow's answers; members it leaves out are empty. Numbers of 64 bits may come as texts.

const integer = z.coerce.number().int();
const entries = z
  .array(z.object({ key: z.string(), value: z.string().default('') }))
  .default([])
  .transform((list) => Object.fromEntries(list.map(({ key, value }) => [key, value])));

export const experimentAnswer = z.object({ experiment: z.object({ experiment_id: z.string(), lifecycle_stage: z.string() }) });

const runSchema = z.object({
  info: z.object({
    run_id: z.string(),
    run_name: z.string().default(''),
    experiment_id: z.string(),
    status: z.string(),
    lifecycle_stage: z.string(),
    artifact_uri: z.string().default(''),
  }),
  data: z
    .object({
      metrics: z.array(z.object({ key: z.string(), value: z.coerce.number(), timestamp: integer.default(0), step: integer.default(0) })).default([]),
      params: entries,
      tags: entries,
    })
    .prefault({}),
  inputs: z.object({ dataset_inputs: z.array(z.object({ dataset: z.object({ digest: z.string() }) })).default([]) }).prefault({}),
});
export type RunAnswer = z.output<typeof runSchema>;

export const runAnswer = z.object({ run: runSchema });
export const runsAnswer = z.object({ runs: z.array(runSchema).default([]), next_page_token: z.string().optional() });

export const filesAnswer = z.object({
  files: z.array(z.object({ path: z.string(), is_dir: z.boolean().default(false), file_size: integer.default(0) })).default([]),
  next_page_token: z.string().optional(),
});

export const modelAnswer = z.object({
  registered_model: z.object({
    description: z.string().default(''),
    tags: entries,
    aliases: z.array(z.object({ alias: z.string(), version: integer })).default([]),
  }),
});

export const versionsAnswer = z.object({
  model_versions: z
    .array(z.object({ version: integer, run_id: z.string().default(''), source: z.string().default(''), description: z.string().default(''), tags: entries }))
    .default([]),
  next_page_token: z.string().optional(),
});
