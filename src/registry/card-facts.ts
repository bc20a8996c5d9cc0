import { z } from 'zod';
import type { Artifact, ArtifactRepository } from '../artifacts/artifact.ts';

const estimate = z.object({ value: z.number().nullable(), interval: z.tuple([z.number(), z.number()]).nullable(), sampleSize: z.number() });
const metrics = z.record(z.string(), estimate);
const stressed = z.record(z.string(), z.object({ clean: z.number().nullable(), stressed: estimate, drop: estimate }));

/** Only what a card shows, and all of it optional: an evaluation without it is one of an earlier release, or of a pipeline that does not ask for it. */
const evaluationSchema = z.object({
  rows: z.number().optional(),
  positives: z.number().optional(),
  days: z.number().optional(),
  champion: metrics.optional(),
  baselines: z.array(z.object({ title: z.string(), metrics })).default([]),
  slices: z.array(z.object({ column: z.string(), value: z.string(), accuracy: estimate, recall: estimate, notJudged: z.string().optional() })).default([]),
  robustness: z.object({ rows: z.number(), stresses: z.array(z.object({ title: z.string(), candidate: stressed })) }).optional(),
  curves: z
    .object({
      models: z.array(z.object({ name: z.string(), reliability: z.array(z.object({ meanScore: z.number(), positiveRate: z.number(), interval: z.tuple([z.number(), z.number()]), sampleSize: z.number() })) })),
    })
    .optional(),
  holdout: z.object({ earlier: z.number(), budget: z.number() }).optional(),
});

const classes = z.object({ rows: z.number(), positives: z.number() });
const trainingSchema = z.object({
  preset: z.string().optional(),
  engine: z.string().optional(),
  classes: z.object({ fit: classes, calibrate: classes }).optional(),
  history: z.array(z.unknown()).optional(),
  bestEpoch: z.number().optional(),
  parameters: z.number().optional(),
  thresholdPolicy: z.string().optional(),
});

/** What a model card says beside the version's record. */
export interface CardFacts {
  readonly evaluation: z.infer<typeof evaluationSchema>;
  readonly training: z.infer<typeof trainingSchema>;
}

/** @throws UserError artifact-missing, artifact-corrupt */
export async function readCardFacts(artifacts: ArtifactRepository, parts: { readonly candidate: Artifact; readonly evaluation: Artifact }): Promise<CardFacts> {
  return parseCardFacts({ evaluation: await artifacts.json(parts.evaluation, 'evaluation.json'), training: await artifacts.json(parts.candidate, 'training.json') });
}

export function parseCardFacts(found: { readonly evaluation: unknown; readonly training: unknown }): CardFacts {
  return { evaluation: evaluationSchema.parse(found.evaluation), training: trainingSchema.parse(found.training) };
}
