import { createRequire } from 'node:module';
import type * as OnnxRuntime from 'onnxruntime-node';
import { StartError } from '../start-error.ts';
import type { ModelDescription } from './model-description.ts';
import type { EncodedRows, Scorer } from './scorer.ts';

function loadRuntime(): typeof OnnxRuntime {
  process.env['ORT_DISABLE_TELEMETRY'] = '1';
  // Native code cannot live in the bundle: it is resolved from node_modules beside it when the service starts.
  const requireBesideBundle = createRequire(import.meta.url);
  return requireBesideBundle('onnxruntime-node') as typeof OnnxRuntime;
}

/** ONNX Runtime's sigmoid of a large number is 1.0000001 at times: its approximation ends a float too high. */
const rounding = 1e-6;

const expectedInput = { num: 'float32', cat: 'string' } as const;

function checkInterface(session: OnnxRuntime.InferenceSession, description: ModelDescription): void {
  const widths = { num: description.numbers.length, cat: description.strings.length };
  for (const metadata of session.inputMetadata) {
    const name = metadata.name;
    if ((name !== 'num' && name !== 'cat') || !metadata.isTensor || metadata.type !== expectedInput[name] || metadata.shape.length !== 2) {
      throw new StartError(`the model's input ${JSON.stringify(name)} is not one that is served: num (float [rows, columns]) and cat (string [rows, columns])`);
    }
    const width = metadata.shape[1];
    if (typeof width === 'number' && width !== widths[name]) throw new StartError(`the model's input ${name} takes ${width} columns, its metadata names ${widths[name]}`);
  }
  for (const name of ['num', 'cat'] as const) {
    if (widths[name] > 0 && !session.inputNames.includes(name)) throw new StartError(`the model's metadata names ${widths[name]} columns for an input ${name} that it does not have`);
  }
  if (!session.outputNames.includes('probability')) throw new StartError(`the model has no output "probability", found ${session.outputNames.join(', ')}`);
}

/**
 * Loads a model from bytes into ONNX Runtime with one thread: a pod has one core's worth of work, and batching fills it.
 * @param bytes that `readModelFile` has looked at
 * @throws StartError where the model cannot be loaded or does not take `num` and `cat` and give `probability` [rows, 1].
 */
export async function createOnnxScorer(bytes: Uint8Array, description: ModelDescription): Promise<Scorer> {
  const runtime = loadRuntime();
  let session: OnnxRuntime.InferenceSession;
  try {
    session = await runtime.InferenceSession.create(bytes, { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1 });
  } catch (error) {
    throw new StartError(`ONNX Runtime refuses the model: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  checkInterface(session, description);
  const { numbers, strings } = description;
  const takesNumbers = session.inputNames.includes('num');
  const takesStrings = session.inputNames.includes('cat');
  const scorer: Scorer = {
    score: async (rows: EncodedRows) => {
      const feeds = {
        ...(takesNumbers && { num: new runtime.Tensor('float32', rows.numbers, [rows.count, numbers.length]) }),
        ...(takesStrings && { cat: new runtime.Tensor('string', rows.strings, [rows.count, strings.length]) }),
      };
      const { probability } = await session.run(feeds, ['probability']);
      if (!(probability?.data instanceof Float32Array) || probability.data.length !== rows.count) throw new Error('the model did not give one probability per row');
      return probability.data.map((value) => {
        if (!(Math.abs(value - 0.5) <= 0.5 + rounding)) throw new Error(`the model answers ${value}, which is no probability`);
        return Math.min(1, Math.max(0, value));
      });
    },
  };
  // One row before anyone asks: what is allocated on the first run is allocated now, and a wrong output shape is seen now.
  try {
    await scorer.score({ count: 1, numbers: new Float32Array(numbers.length), strings: strings.map(() => '') });
  } catch (error) {
    throw new StartError(`the model does not answer: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  return scorer;
}
