import { z } from 'zod';
import type { Digest } from '../artifacts/digest.ts';

const clientValue = z.union([z.string(), z.number(), z.null()]);

/** golden.json, as the gate wrote it. */
export const goldenRequestsSchema = z.object({
  schema: z.literal('taxiway/golden/v1'),
  columns: z.array(z.string()),
  rows: z.array(z.object({ columns: z.record(z.string(), clientValue), probability: z.number().min(0).max(1) })).min(1),
  threshold: z.number(),
});
export type GoldenRows = z.infer<typeof goldenRequestsSchema>['rows'];

export interface GoldenCheckRequest {
  readonly imageDigest: Digest;
  readonly modelDigest: Digest;
  readonly rows: GoldenRows;
}

export type GoldenCheckResult =
  | {
      readonly kind: 'answered';
      /** Rows asked and answered. */
      readonly rows: number;
      /** Largest absolute difference between a served and an expected probability. */
      readonly maximumDifference: number;
    }
  | { readonly kind: 'failed'; readonly reason: string };

/** Starts the image, asks it the golden requests and says how far its answers are off. */
export type GoldenCheck = (request: GoldenCheckRequest) => Promise<GoldenCheckResult>;

const answerSchema = z.object({
  model: z.object({ digest: z.string() }),
  predictions: z.array(z.object({ probability: z.number().min(0).max(1) })),
});

/** Compares an answer of POST /predict with what the gate saw, row by row. Whatever is not a whole answer of this model fails. */
export function compareGoldenAnswer(answer: unknown, request: GoldenCheckRequest): GoldenCheckResult {
  const parsed = answerSchema.safeParse(answer);
  if (!parsed.success) return { kind: 'failed', reason: `the answer has another shape: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}` };
  const { model, predictions } = parsed.data;
  if (model.digest !== request.modelDigest) return { kind: 'failed', reason: `the image serves model ${model.digest}, not ${request.modelDigest}` };
  if (predictions.length !== request.rows.length) return { kind: 'failed', reason: `${request.rows.length} rows were asked and ${predictions.length} answered` };
  const differences = predictions.map((prediction, row) => Math.abs(prediction.probability - (request.rows[row]?.probability ?? Number.NaN)));
  const maximumDifference = differences.reduce((largest, difference) => Math.max(largest, difference), 0);
  if (!Number.isFinite(maximumDifference)) return { kind: 'failed', reason: 'an answer or an expected probability is no number' };
  return { kind: 'answered', rows: predictions.length, maximumDifference };
}
