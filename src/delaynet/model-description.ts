import { z } from 'zod';
import { UserError } from '../errors.ts';
import { featuresSchema } from '../features/features-schema.ts';
import { categoriesSchema } from '../features/seen-categories.ts';
import { readModelMetadata, withModelMetadata } from '../onnx/model-metadata.ts';

const descriptionKey = 'taxiway.model';
const thresholdKey = 'taxiway.threshold';
/** A list of thousands of encoded columns is shorter; a longer text is only there to keep its reader busy. */
const maximumLength = 2 ** 18;

/** What a served model says about itself in its metadata. */
export const modelDescriptionSchema = z.strictObject({
  schema: z.literal('taxiway/model/v1'),
  /** Columns of the inputs `num` [rows, numbers] and `cat` [rows, strings], in order. */
  inputs: z.strictObject({ num: z.array(z.string()), cat: z.array(z.string()) }),
  label: z.string(),
  features: featuresSchema,
  /** Encoded columns that reach the network, and the categories it embeds. */
  encoded: z.array(z.string()),
  embedded: z.array(z.strictObject({ column: z.string(), categories: z.number().int(), dimensions: z.number().int() })),
  /** Categories that training saw, by column: `known` to every transform of the column, `rare` to some only. Absent in older models. */
  categories: categoriesSchema.optional(),
  calibration: z.strictObject({ slope: z.number(), offset: z.number() }),
  parameters: z.number().int(),
});

export type ModelDescription = z.infer<typeof modelDescriptionSchema>;

export const describeModel = (description: ModelDescription): Record<string, string> => ({ [descriptionKey]: JSON.stringify(description) });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The schema says what is wrong with a text.
    return text;
  }
}

/** @throws UserError `model-invalid` if the model is not one of Taxiway's. */
export function readModelDescription(model: Uint8Array): ModelDescription {
  const text = readModelMetadata(model)[descriptionKey];
  if (text === undefined) {
    throw new UserError('model-invalid', `The model has no ${descriptionKey} in its metadata.`, { hint: 'Use a model.onnx that `train` has written.' });
  }
  if (text.length > maximumLength) throw new UserError('model-invalid', `The model's ${descriptionKey} is ${text.length} characters long, at most ${maximumLength} are read.`, { hint: 'Use a model.onnx that `train` has written.' });
  const parsed = modelDescriptionSchema.safeParse(parseJson(text));
  if (!parsed.success) throw new UserError('model-invalid', `The model's ${descriptionKey} is malformed: ${z.prettifyError(parsed.error).slice(0, 500)}`, { hint: 'Train or download the model again.', cause: parsed.error });
  return parsed.data;
}

/** The score from which on a row counts as positive; undefined if none was chosen. */
export function readModelThreshold(model: Uint8Array): number | undefined {
  const text = readModelMetadata(model)[thresholdKey];
  return text === undefined ? undefined : Number(text);
}

/** The same graph with another decision threshold. */
export const withModelThreshold = (model: Uint8Array, threshold: number): Uint8Array => withModelMetadata(model, { [thresholdKey]: String(threshold) });
