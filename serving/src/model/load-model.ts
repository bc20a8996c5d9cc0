import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { maximumModelBytes } from '../../../src/onnx/inspect-model.ts';
import { StartError } from '../start-error.ts';
import { describeModel, type ModelDescription } from './model-description.ts';
import { readModelFile } from './model-file.ts';
import { createOnnxScorer } from './onnx-scorer.ts';
import type { Scorer } from './scorer.ts';

export interface LoadedModel {
  readonly name: string;
  readonly version: string;
  /** sha256:… of the bytes that answer. */
  readonly digest: string;
  readonly description: ModelDescription;
  readonly scorer: Scorer;
}

export interface ModelToLoad {
  readonly path: string;
  readonly digest: string;
  /** Where absent, the pipeline's name from the metadata. */
  readonly name: string | undefined;
  readonly version: string;
}

/**
 * Reads the file once; the bytes whose SHA-256 was checked are the bytes that run.
 * @throws StartError for a missing file, another digest, or a model that cannot be served.
 */
export async function loadModel(wanted: ModelToLoad): Promise<LoadedModel> {
  let bytes: Uint8Array;
  try {
    const { size } = await stat(wanted.path);
    if (size > maximumModelBytes) throw new Error(`it has ${size} bytes, at most ${maximumModelBytes} are read`);
    bytes = await readFile(wanted.path);
  } catch (error) {
    throw new StartError(`cannot read the model ${wanted.path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (digest !== wanted.digest) throw new StartError(`the model ${wanted.path} is ${digest}, but MODEL_DIGEST asks for ${wanted.digest}: it is not served`);
  const description = describeModel(readModelFile(bytes));
  const scorer = await createOnnxScorer(bytes, description);
  return { name: wanted.name ?? description.pipeline ?? 'model', version: wanted.version, digest, description, scorer };
}
