import { UserError } from '../../../src/errors.ts';
import { verifyServedModel } from '../../../src/onnx/verify-served-model.ts';
import { StartError } from '../start-error.ts';

/**
 * The `metadata_props` of an ONNX file, read from its bytes because onnxruntime-node does not hand them out, once the file is known to be a
 * model that names no other file and takes no more memory or time than a sane one: by the very rules that the gate opened it by.
 * @throws StartError
 */
export function readModelFile(bytes: Uint8Array): ReadonlyMap<string, string> {
  try {
    return new Map(Object.entries(verifyServedModel(bytes).metadata));
  } catch (error) {
    if (error instanceof UserError) throw new StartError(error.message, { cause: error });
    throw error;
  }
}
