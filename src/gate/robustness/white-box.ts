import { z } from 'zod';
import type { ArtifactRepository } from '../../artifacts/artifact.ts';
import type { Table } from '../../data/table.ts';
import { calibratedProbability, type LogitCalibration } from '../../delaynet/calibration.ts';
import { readModelDescription } from '../../delaynet/model-description.ts';
import { planNetwork } from '../../delaynet/network-plan.ts';
import { parameterLayout } from '../../delaynet/parameter-layout.ts';
import { networkSchema } from '../../delaynet/training-schema.ts';
import { parseTrainingState } from '../../delaynet/training-state.ts';
import { UserError } from '../../errors.ts';
import { compileFeatureGraph } from '../../features/feature-graph.ts';
import { rowChunks, tableInputs } from '../../features/table-inputs.ts';
import type { GraphSession, GraphTensors, TrainingEngine } from '../../ports/training-engine.ts';
import type { Candidate } from '../candidate.ts';
import { encodedSources } from './encoded-sources.ts';
import { compileGradientGraph } from './gradient-graph.ts';

/** A model with its inside open: what a gradient attack needs. */
export interface WhiteBox {
  /** Number columns that the model reads. */
  readonly columns: readonly string[];
  /** Names of the encoded columns. */
  readonly encoded: readonly string[];
  /** The columns that each of them is made of. */
  readonly sources: readonly (readonly string[])[];
  /** The column that the head sees as it is. */
  readonly observed: string | null;
  /** Encoded rows, row-major. */
  encode(table: Table): Promise<Float32Array>;
  /** `turns`: −1 where the label is 1, +1 where it is 0. */
  gradients(table: Table, turns: Float32Array): Promise<InputGradients>;
  release(): Promise<void>;
}

export interface InputGradients {
  /** Calibrated, so that they can be compared with what model.onnx answers. */
  readonly probabilities: Float32Array;
  /** Row-major, as `encoded`. */
  readonly dense: Float32Array;
  /** Empty where the head sees no column. */
  readonly observed: Float32Array;
}

/** Text instead of a box: why the model cannot be opened. An older release's state is no reason to refuse a challenger. */
export type OpenedWhiteBox = WhiteBox | string;

const trainingFileSchema = z.object({ hyperparameters: z.object({ network: networkSchema }) });

/** Builds the gradient graph from what training left beside model.onnx: fitted features, network and weights. */
export async function openWhiteBox(candidate: Candidate, { artifacts, engine }: { artifacts: ArtifactRepository; engine: TrainingEngine }): Promise<OpenedWhiteBox> {
  const { files } = candidate.artifact.manifest;
  if (files['state.bin'] === undefined || files['training.json'] === undefined) return 'the candidate carries no training state';
  try {
    const state = parseTrainingState(Uint8Array.from(await artifacts.bytes(candidate.artifact, 'state.bin')));
    const training: unknown = JSON.parse(Buffer.from(await artifacts.bytes(candidate.artifact, 'training.json')).toString('utf8'));
    const { network } = trainingFileSchema.parse(training).hyperparameters;
    const { features, calibration } = readModelDescription(candidate.model);
    const featureGraph = compileFeatureGraph(features, state.fitted);
    const plan = planNetwork(network, { denseWidth: featureGraph.names.length, embeddings: featureGraph.embedded });
    if (parameterLayout(plan).total !== state.best.weights.length) return 'the training state has other parameters than the network';
    const inputs = { numbers: state.fitted.numberColumns.map(({ name }) => name), strings: state.fitted.stringColumns };
    const encoder = await engine.openSession(featureGraph.model);
    const gradient = await engine.openSession(compileGradientGraph({ features, fitted: state.fitted, plan, weights: state.best.weights }));
    return whiteBox({ encoder, gradient, inputs, encoded: featureGraph.names, sources: encodedSources(features, featureGraph), observed: state.fitted.observed, calibration });
  } catch (cause) {
    if (cause instanceof z.ZodError || cause instanceof SyntaxError || (cause instanceof UserError && cause.code !== 'artifact-corrupt')) return 'its training state has the shape of another release';
    throw cause;
  }
}

interface Inside {
  readonly encoder: GraphSession;
  readonly gradient: GraphSession;
  readonly inputs: { readonly numbers: readonly string[]; readonly strings: readonly string[] };
  readonly encoded: readonly string[];
  readonly sources: readonly (readonly string[])[];
  readonly observed: string | null;
  readonly calibration: LogitCalibration;
}

function whiteBox({ encoder, gradient, inputs, encoded, sources, observed, calibration }: Inside): WhiteBox {
  return {
    columns: inputs.numbers,
    encoded,
    sources,
    observed,
    encode: async (table) => {
      const dense = new Float32Array(table.rows * encoded.length);
      for (const range of rowChunks(table.rows)) dense.set(floats(await encoder.run(tableInputs(table, inputs, range)), 'dense'), range.start * encoded.length);
      return dense;
    },
    gradients: async (table, turns) => {
      const found = { probabilities: new Float32Array(table.rows), dense: new Float32Array(table.rows * encoded.length), observed: new Float32Array(observed === null ? 0 : table.rows) };
      for (const range of rowChunks(table.rows)) {
        const turn = turns.subarray(range.start, range.end);
        const outputs = await gradient.run({ ...tableInputs(table, inputs, range), turn: { type: 'float32', dims: [turn.length, 1], data: turn } });
        found.probabilities.set(floats(outputs, 'logit').map((logit) => calibratedProbability(logit, calibration)), range.start);
        found.dense.set(floats(outputs, 'dense.gradient'), range.start * encoded.length);
        if (observed !== null) found.observed.set(floats(outputs, 'observed.gradient'), range.start);
      }
      return found;
    },
    release: async () => {
      await encoder.release();
      await gradient.release();
    },
  };
}

function floats(outputs: GraphTensors, name: string): Float32Array {
  const tensor = outputs[name];
  if (tensor?.type !== 'float32') throw new Error(`the gradient graph gave no ${name}`);
  return tensor.data;
}
