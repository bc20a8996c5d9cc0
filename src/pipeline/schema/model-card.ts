import { z } from 'zod';

const sentence = z.string().trim().min(1);

/** What only people can say of a model; the rest of its card comes from how it was trained and judged. */
export const modelCardSchema = z.strictObject({
  'intended-use': sentence.describe('What the model is for, and who acts on its answers'),
  'out-of-scope': z.array(sentence).default([]).describe('Uses that look alike and are not meant'),
  limits: z.array(sentence).default([]).describe('What is known to be weak, missing or uncertain'),
  license: sentence.optional().describe('Of the model, e.g. apache-2.0'),
});
