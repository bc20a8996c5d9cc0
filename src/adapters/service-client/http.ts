import { z } from 'zod';
import type { AskService } from '../../rollout/ask-service.ts';

const answerSchema = z.object({
  model: z.object({ digest: z.string() }),
  predictions: z.array(z.object({ probability: z.number().min(0).max(1), decision: z.union([z.literal(0), z.literal(1)]) })),
});

const timeout = 10_000;

/** POST /predict, marked as verification so that the service keeps it out of its prediction log. */
export function createServiceClient(request: typeof fetch = fetch): AskService {
  return async (serviceUrl, rows) => {
    try {
      const answer = await request(new URL('/predict', serviceUrl), {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-taxiway-purpose': 'verification' },
        body: JSON.stringify({ rows }),
        signal: AbortSignal.timeout(timeout),
      });
      const text = await answer.text();
      if (!answer.ok) return { kind: 'failed', reason: `status ${answer.status}: ${text.slice(0, 200)}` };
      const parsed = answerSchema.safeParse(JSON.parse(text));
      if (!parsed.success) return { kind: 'failed', reason: 'the answer has another shape' };
      const { model, predictions } = parsed.data;
      if (predictions.length !== rows.length) return { kind: 'failed', reason: `${rows.length} rows were asked and ${predictions.length} answered` };
      return { kind: 'answered', modelDigest: model.digest, predictions };
    } catch (error) {
      return { kind: 'failed', reason: error instanceof Error ? error.message : 'unknown error' };
    }
  };
}
