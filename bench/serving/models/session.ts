import { createRequire } from 'node:module';
import type * as OnnxRuntime from 'onnxruntime-node';
import type { ServedRow } from './served-model.ts';

process.env['ORT_DISABLE_TELEMETRY'] = '1';
export const runtime = createRequire(import.meta.url)('onnxruntime-node') as typeof OnnxRuntime;

/** The bare session everyone's is held against: one thread, as a server on one core has. */
export function openSession(path: string): Promise<OnnxRuntime.InferenceSession> {
  return runtime.InferenceSession.create(path, { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1 });
}

export function feedsFor(rows: readonly ServedRow[], columns: { readonly numbers: readonly string[]; readonly strings: readonly string[] }): Record<string, OnnxRuntime.Tensor> {
  const { numbers, strings } = columns;
  const values = Float32Array.from(rows.flatMap((row) => numbers.map((name) => (row[name] === null ? Number.NaN : Number(row[name])))));
  const texts = rows.flatMap((row) => strings.map((name) => String(row[name] ?? '')));
  return {
    ...(numbers.length > 0 && { num: new runtime.Tensor('float32', values, [rows.length, numbers.length]) }),
    ...(strings.length > 0 && { cat: new runtime.Tensor('string', texts, [rows.length, strings.length]) }),
  };
}

/** One probability per row. */
export async function scoreRows(session: OnnxRuntime.InferenceSession, rows: readonly ServedRow[], columns: { readonly numbers: readonly string[]; readonly strings: readonly string[] }): Promise<Float32Array> {
  const { probability } = await session.run(feedsFor(rows, columns), ['probability']);
  if (!(probability?.data instanceof Float32Array)) throw new Error('the model gives no probability');
  return probability.data;
}
