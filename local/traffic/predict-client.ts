import { Agent, request } from 'node:http';
import type { RequestRow } from './table-rows.ts';

/** `verification` requests do not enter the prediction log. */
export type Purpose = 'traffic' | 'verification';

export type PredictOutcome =
  | { readonly kind: 'answered'; readonly version: string; readonly rows: number; readonly milliseconds: number }
  | { readonly kind: 'failed'; readonly reason: string; readonly milliseconds: number };

export interface PredictClient {
  /** One request. Never rejects and never tries again: whatever is not an answer is a failure that a caller would have seen. */
  predict(rows: readonly RequestRow[], purpose: Purpose): Promise<PredictOutcome>;
  close(): void;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

const timeout = 30_000;

function readAnswer({ status, body }: Answer, expected: number): { kind: 'answered'; version: string; rows: number } | { kind: 'failed'; reason: string } {
  if (status !== 200) return { kind: 'failed', reason: `status ${status}` };
  try {
    const { model, predictions } = JSON.parse(body) as { model?: { version?: unknown }; predictions?: unknown };
    if (typeof model?.version === 'string' && Array.isArray(predictions) && predictions.length === expected) {
      return { kind: 'answered', version: model.version, rows: expected };
    }
  } catch {
    // Said below: half an answer is as bad as none.
  }
  return { kind: 'failed', reason: 'malformed answer' };
}

/** A client of `POST /predict` with connections that are kept: as many as there are requests at once. */
export function createPredictClient(serviceUrl: string): PredictClient {
  const agent = new Agent({ keepAlive: true });
  const target = new URL('/predict', serviceUrl);

  const post = (body: Buffer, purpose: Purpose): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': body.length, ...(purpose === 'verification' && { 'x-taxiway-purpose': purpose }) };
      const outgoing = request(target, { agent, method: 'POST', headers, timeout }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
        incoming.on('error', reject);
      });
      outgoing.on('timeout', () => outgoing.destroy(Object.assign(new Error('no answer in time'), { code: 'timeout' })));
      outgoing.on('error', reject);
      outgoing.end(body);
    });

  return {
    predict: async (rows, purpose) => {
      const body = Buffer.from(JSON.stringify({ rows }));
      const start = performance.now();
      try {
        const outcome = readAnswer(await post(body, purpose), rows.length);
        return { ...outcome, milliseconds: performance.now() - start };
      } catch (error) {
        const reason = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error);
        return { kind: 'failed', reason, milliseconds: performance.now() - start };
      }
    },
    close: () => agent.destroy(),
  };
}
