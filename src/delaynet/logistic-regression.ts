import { fitDelayNet, type FitDelayNetOptions } from './fit-delaynet.ts';

/**
 * Logistic regression on the same features and engine: the network without its hidden layers. A model that the network must beat to be worth its name.
 * The larger learning rate lets so few weights arrive.
 * @returns an ONNX model, its threshold in the metadata
 */
export async function fitLogisticRegression(options: FitDelayNetOptions): Promise<Uint8Array> {
  const { training, features, fit, calibrate, label, engine, logger, chooseThreshold, prepared } = options;
  const { model } = await fitDelayNet({
    features,
    fit,
    calibrate,
    label,
    engine,
    logger,
    chooseThreshold,
    ...(prepared === undefined ? {} : { prepared }),
    training: {
      ...training,
      network: { layers: [], head: { type: 'sigmoid' } },
      sampling: { type: 'none' },
      loss: { type: 'cross-entropy' },
      optimizer: { ...training.optimizer, 'learning-rate': 0.01, 'weight-decay': 0 },
    },
  });
  return model;
}
