import type { Artifact } from '../artifacts/artifact.ts';
import { canonicalJson, type Json } from '../artifacts/canonical-json.ts';
import { type Digest, digestOf } from '../artifacts/digest.ts';
import type { Table } from '../data/table.ts';
import type { FittedDelayNet } from '../delaynet/fit-delaynet.ts';
import { readModelDescription } from '../delaynet/model-description.ts';
import { serializeTrainingState } from '../delaynet/training-state.ts';
import { buildReferenceProfile, referenceProfileBytes } from '../drift/reference-profile.ts';
import { numberColumn } from '../features/column-values.ts';
import { countUnknownCategories, type UnknownCategories } from '../features/unknown-categories.ts';
import type { Candidate } from '../gate/candidate.ts';
import type { classificationMetrics } from '../metrics/classification-metrics.ts';
import { withModelMetadata } from '../onnx/model-metadata.ts';
import type { TrainingWindow } from '../pipeline/training-window.ts';
import type { TrainingEngine } from '../ports/training-engine.ts';
import type { TrainingRows } from './read-training-rows.ts';
import type { StepContext } from './step.ts';

export interface CandidateParts {
  readonly dataset: Digest;
  readonly warmStart: Digest | undefined;
  /** The trial of a study that its hyper-parameters come from. */
  readonly tuned: { readonly study: string; readonly trial: number } | undefined;
  readonly champion: Candidate | undefined;
  readonly window: TrainingWindow;
  readonly rows: TrainingRows;
  readonly fitted: FittedDelayNet;
  /** Model files by name. */
  readonly baselines: Readonly<Record<string, Uint8Array>>;
  /** On the calibration rows. */
  readonly metrics: ReturnType<typeof classificationMetrics>;
}

type Context = Pick<StepContext, 'artifacts' | 'pipeline'> & { readonly engine: TrainingEngine };

/** The model file with what the service must know beside the network: the names of the keys and of the event time. */
function servedModel({ fitted }: CandidateParts, { pipeline }: Context): Uint8Array {
  const { dataset } = pipeline.definition.data;
  return withModelMetadata(fitted.model, {
    'taxiway.key': JSON.stringify(dataset.key),
    'taxiway.event-time': dataset['event-time'],
    'taxiway.pipeline': pipeline.definition.name,
    // The service computes features by this query and no other.
    'taxiway.dataset-query-digest': digestOf(pipeline.datasetQuery),
  });
}

export interface ClassBalance {
  readonly rows: number;
  readonly positives: number;
}

export function classBalance(table: Table, label: string): ClassBalance {
  return { rows: table.rows, positives: numberColumn(table, label).reduce((sum, value) => sum + value, 0) };
}

/** Categories of the calibration rows that the model answers as "other": what service will meet, too. */
export function unknownCategories({ fitted, rows }: Pick<CandidateParts, 'fitted' | 'rows'>): UnknownCategories[] {
  return countUnknownCategories(readModelDescription(fitted.model).categories ?? {}, rows.calibrate);
}

/** How it was trained, for people and for the registry. What differs between machines (device, processor, time) is kept with the maker instead. */
function trainingRecord(parts: CandidateParts, { pipeline, engine }: Context): object {
  const { fitted, rows } = parts;
  const { training, features, data } = pipeline.definition;
  return {
    schema: 'taxiway/training/v1',
    hyperparameters: { ...training, features },
    ...(pipeline.preset === undefined ? {} : { preset: pipeline.preset }),
    engine: engine.name,
    classes: { fit: classBalance(rows.fit, data.label.column), calibrate: classBalance(rows.calibrate, data.label.column) },
    unknownCategories: unknownCategories(parts),
    history: fitted.history,
    bestEpoch: fitted.bestEpoch,
    parameters: fitted.parameters,
    threshold: fitted.threshold,
    thresholdPolicy: parts.champion === undefined ? 'recall' : 'gains over the champion',
    metrics: parts.metrics,
  };
}

/** Writes the candidate: model, state for a warm start, reference profile, record and baselines. */
export async function writeCandidate(parts: CandidateParts, context: Context): Promise<{ artifact: Artifact; model: Digest }> {
  const { fitted, champion, warmStart, tuned } = parts;
  const { definition, digest } = context.pipeline;
  const model = servedModel(parts, context);
  const profile = buildReferenceProfile({ definition, fit: { table: parts.rows.fit, scores: fitted.fitScores }, performance: parts.metrics, threshold: fitted.threshold });
  const artifact = await context.artifacts.write({
    kind: 'candidate',
    files: {
      'model.onnx': model,
      'state.bin': serializeTrainingState(fitted.state),
      'profile.json': referenceProfileBytes(profile),
      // Plain JSON by construction; canonical JSON throws on the NaN that types cannot rule out.
      'training.json': Buffer.from(canonicalJson(trainingRecord(parts, context) as Json)),
      ...parts.baselines,
    },
    parents: {
      dataset: parts.dataset,
      ...(warmStart === undefined ? {} : { 'warm-start': warmStart }),
      ...(champion === undefined ? {} : { champion: champion.artifact.digest }),
    },
    metadata: { pipeline: digest, window: parts.window, threshold: fitted.threshold, modelDigest: digestOf(model), ...(tuned === undefined ? {} : { tuned: { ...tuned } }) },
    making: { engine: context.engine.description },
  });
  return { artifact, model: digestOf(model) };
}
