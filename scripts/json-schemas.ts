import { z } from 'zod';
import { pipelineShape } from '../src/pipeline/schema/pipeline.ts';
import { trainingWindowSchema } from '../src/pipeline/training-window.ts';
import { verdictSchema } from '../src/verdict/verdict.ts';

/** Path and text of each JSON Schema. They describe what people and programs write, before defaults and units are applied. */
export function jsonSchemas(): [string, string][] {
  return [
    jsonSchema('pipeline', 'Taxiway pipeline', pipelineShape),
    jsonSchema('training-window', 'Taxiway training window', trainingWindowSchema),
    jsonSchema('verdict', 'Taxiway verdict', verdictSchema),
  ];
}

function jsonSchema(name: string, title: string, schema: z.ZodType): [string, string] {
  const { $schema, ...body } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const comment = 'Generated from the zod schemas by npm run generate. Do not edit.';
  return [`schema/${name}.schema.json`, `${JSON.stringify({ $schema, $comment: comment, title, ...body }, null, 2)}\n`];
}
