import { z } from 'zod';
import { UserError } from '../errors.ts';
import { fittedFeaturesSchema, type FittedFeatures } from '../features/fit-features.ts';

export const epochRecordSchema = z.strictObject({ epoch: z.number().int(), trainingLoss: z.number(), calibrationLoss: z.number() });
export type EpochRecord = z.infer<typeof epochRecordSchema>;

/** What the optimiser carries from step to step; flat vectors. */
export interface OptimizerState {
  readonly weights: Float32Array;
  readonly average: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
  readonly step: number;
}

/** What one stretch of the flat vectors is, in their order. */
export interface StateParameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** Of an embedding: the categories of rows 1, 2, …; row 0 is for all others. */
  readonly vocabulary?: readonly string[] | undefined;
  /** Of the weight that takes the encoded rows: what each of its rows multiplies, by name. */
  readonly inputs?: readonly string[] | undefined;
}

/** A training between two epochs: enough to go on bit for bit, to warm-start another, or to export. */
export interface TrainingState {
  /** Digest-like text of everything that must be equal for an exact resume. */
  readonly configuration: string;
  readonly fitted: FittedFeatures;
  readonly parameters: readonly StateParameter[];
  readonly optimizer: OptimizerState;
  /** The weights that validated best, and the epoch they come from; epoch 0 is the start. */
  readonly best: { readonly epoch: number; readonly weights: Float32Array };
  readonly history: readonly EpochRecord[];
}

const vectorNames = ['weights', 'average', 'first', 'second', 'best'] as const;

const headerSchema = z.strictObject({
  schema: z.literal('taxiway/training-state/v1'),
  configuration: z.string(),
  fitted: fittedFeaturesSchema,
  parameters: z.array(z.strictObject({ name: z.string(), shape: z.array(z.number().int()), vocabulary: z.array(z.string()).optional(), inputs: z.array(z.string()).optional() })),
  step: z.number().int(),
  bestEpoch: z.number().int(),
  history: z.array(epochRecordSchema),
  lengths: z.array(z.number().int().nonnegative()).length(vectorNames.length),
});

/** One file: the header's length (4 bytes, little-endian), the header as JSON, then the vectors as little-endian float32. */
export function serializeTrainingState(state: TrainingState): Uint8Array {
  const { weights, average, first, second, step } = state.optimizer;
  const vectors = [weights, average, first, second, state.best.weights];
  const header: z.infer<typeof headerSchema> = {
    schema: 'taxiway/training-state/v1',
    configuration: state.configuration,
    fitted: state.fitted,
    parameters: state.parameters.map(({ name, shape, vocabulary, inputs }) => ({ name, shape: [...shape], ...(vocabulary ? { vocabulary: [...vocabulary] } : {}), ...(inputs ? { inputs: [...inputs] } : {}) })),
    step,
    bestEpoch: state.best.epoch,
    history: [...state.history],
    lengths: vectors.map((vector) => vector.length),
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(4 + text.length + 4 * vectors.reduce((sum, vector) => sum + vector.length, 0));
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  let offset = 4 + text.length;
  for (const vector of vectors) {
    bytes.set(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength), offset);
    offset += vector.byteLength;
  }
  return bytes;
}

function parseHeader(bytes: Uint8Array): { header: z.infer<typeof headerSchema>; end: number } {
  const fail = (cause?: unknown): UserError =>
    new UserError('model-invalid', 'The training state is damaged or from another release.', { hint: 'Start the training again without it.', cause });
  if (bytes.length < 4) throw fail();
  const end = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  try {
    const header = headerSchema.parse(JSON.parse(new TextDecoder().decode(bytes.subarray(4, end))));
    if (bytes.length !== end + 4 * header.lengths.reduce((sum, length) => sum + length, 0)) throw fail();
    return { header, end };
  } catch (cause) {
    throw cause instanceof UserError ? cause : fail(cause);
  }
}

/** @throws UserError `model-invalid` for anything that `serializeTrainingState` did not write. */
export function parseTrainingState(bytes: Uint8Array): TrainingState {
  const { header, end } = parseHeader(bytes);
  let offset = end;
  const [weights, average, first, second, best] = header.lengths.map((length) => {
    // A copy, because a Float32Array must begin at a multiple of four; not by slice, which copies nothing where the bytes are a Buffer.
    const vector = new Float32Array(Uint8Array.from(bytes.subarray(offset, offset + 4 * length)).buffer);
    offset += 4 * length;
    return vector;
  });
  if (!weights || !average || !first || !second || !best) throw new Error('the header lists fewer vectors than it was checked for');
  return {
    configuration: header.configuration,
    fitted: header.fitted,
    parameters: header.parameters,
    optimizer: { weights, average, first, second, step: header.step },
    best: { epoch: header.bestEpoch, weights: best },
    history: header.history,
  };
}
