import { openServedModel, type ServedModel } from '../delaynet/open-served-model.ts';
import type { TrainingEngine } from '../ports/training-engine.ts';

/** One opened model, for many calls; `scoreTable` is for one. */
export type ModelScorer = ServedModel;

/** Opens the exact bytes of a model.onnx, once they are known to be harmless. @throws UserError model-invalid; column-missing when scoring */
export const openScorer = (model: Uint8Array, engine: TrainingEngine): Promise<ModelScorer> => openServedModel(model, engine);
