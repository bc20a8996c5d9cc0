import { UserError } from '../../../errors.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { NativeModules } from '../../../ports/native-modules.ts';
import type { TensorFlow } from './tensorflow.ts';

const modules = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/** Node 24 took util.isNullOrUndefined away and warns of util.isArray; tfjs-node 4.22 calls both, so it finds plain ones. */
function restoreRemovedUtilities(): void {
  const util = process.getBuiltinModule('node:util') as unknown as Record<string, unknown>;
  util['isNullOrUndefined'] ??= (value: unknown): boolean => value === null || value === undefined;
  util['isArray'] = Array.isArray;
}

/** The build for graphics cards where it is installed, else the one for the CPU. @throws UserError `engine-unavailable` */
export function loadTensorFlow(native: NativeModules, logger: Logger): { readonly tf: TensorFlow; readonly module: string } {
  restoreRemovedUtilities();
  // TensorFlow tells of its compile-time options on every start.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  const causes: unknown[] = [];
  for (const module of modules) {
    try {
      return { tf: native.load(module) as TensorFlow, module };
    } catch (cause) {
      logger.debug(`${module} does not load: ${String(cause)}`);
      causes.push(cause);
    }
  }
  throw new UserError('engine-unavailable', 'TensorFlow.js for Node is not installed, or does not load here', {
    hint: 'Run npm ci in runtime/tfjs (or runtime/tfjs-gpu); docs/training.md says how where its download is impossible.',
    cause: causes.at(-1),
  });
}
