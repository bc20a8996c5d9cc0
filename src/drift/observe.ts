import type { ArtifactRepository } from '../artifacts/artifact.ts';
import type { Table } from '../data/table.ts';
import { UserError } from '../errors.ts';
import { readCandidate } from '../gate/candidate.ts';
import type { LoadedPipeline } from '../pipeline/load-pipeline.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { MetricSource } from '../ports/metric-source.ts';
import type { ModelRegistry, VersionRecord } from '../ports/model-registry.ts';
import { detectFeatureDrift } from './feature-drift.ts';
import type { Finding } from './finding.ts';
import { type DriftRecord, medianOfHistory } from './history.ts';
import { joinLabels, type JoinedLabels } from './labels.ts';
import { detectPerformance, type PerformanceRows, selectRows } from './performance.ts';
import { detectPredictionDrift } from './prediction-drift.ts';
import { type PredictionRows, readPredictions } from './predictions.ts';
import { featureColumns, parseReferenceProfile, type ReferenceProfile } from './reference-profile.ts';
import { detectService, observeService } from './service.ts';
import { detectOnlineSkew, detectSkew } from './skew.ts';
import { type DriftWindow, driftWindow, millisecondsPerDay } from './windows.ts';

export interface ObserveContext {
  readonly pipeline: LoadedPipeline;
  readonly store: ArtifactStore;
  readonly artifacts: ArtifactRepository;
  readonly registry: ModelRegistry;
  readonly metrics: MetricSource;
  /** Milliseconds since the Unix epoch. */
  readonly asOf: number;
  /** Rows of the dataset whose event time lies in [from, to), as known at asOf; times in milliseconds. */
  readonly queryDataset: (request: { from: number; to: number; asOf: number }) => Promise<Table>;
}

export interface Observation {
  readonly version: VersionRecord;
  readonly profile: ReferenceProfile;
  readonly window: DriftWindow;
  readonly predictions: PredictionRows;
  readonly joined: JoinedLabels;
  readonly dataset: Table;
  /** Days of the window that have logged rows. */
  readonly days: number;
}

/** The live version, what it answered in the window, and what is known by now of the truth. @throws UserError nothing-live */
export async function observe(environment: string, context: ObserveContext): Promise<Observation> {
  const { pipeline, registry, artifacts, store, asOf } = context;
  const live = await registry.live(environment);
  const version = live === undefined ? undefined : await registry.version(live.version);
  if (version === undefined) {
    throw new UserError('nothing-live', `nothing is live in ${environment}`, { hint: 'Deploy and verify a version first; there is no drift without something that serves.' });
  }
  const candidate = await readCandidate(artifacts, version.candidate);
  const profile = parseReferenceProfile(await artifacts.json(candidate.artifact, 'profile.json'));
  const window = driftWindow(asOf, pipeline.definition.drift.window);
  const predictions = await readPredictions(store, environment, { definition: pipeline.definition, window });
  const dataset = await context.queryDataset({ from: window.from, to: window.to, asOf });
  const joined = joinLabels(predictions, dataset, { definition: pipeline.definition, window, asOf });
  return { version, profile, window, predictions, joined, dataset, days: new Set(joined.days).size };
}

/** Everything that is measured of one window; nothing is decided here. */
export async function detect(observation: Observation, earlier: readonly DriftRecord[], context: ObserveContext): Promise<Finding[]> {
  const { version, profile, window, predictions, joined, dataset, days } = observation;
  const { definition } = context.pipeline;
  const { drift } = definition;
  const { probability, threshold, decision } = predictions;
  const all: PerformanceRows = { probability, threshold, decision, days: joined.days, labels: joined.labels };
  const live = selectRows(all, (row) => predictions.version[row] === version.version);
  const latency = medianOfHistory(earlier, 'service.latency');
  const service = {
    ...(await observeService(context.metrics, drift.window)),
    rowsPerDay: recentRowsPerDay(joined.days, window),
    referenceRowsPerDay: profile.rowsPerDay,
    baselineLatency: latency === undefined ? undefined : latency / 1000,
    baselineErrors: medianOfHistory(earlier, 'service.errors'),
  };
  const reference = {
    accuracy: version.metrics['accuracy']?.value ?? profile.performance.accuracy.value,
    recall: version.metrics['recall']?.value ?? profile.performance.recall.value,
    source: version.metrics['accuracy'] === undefined ? 'on the calibration rows' : 'at the gate',
  };
  const windowDays = Math.max(1, days);
  const skew = { logged: predictions.table, recomputed: dataset, recomputedRow: joined.datasetRow, columns: featureColumns(definition), askedAt: predictions.askedAt, predictedAt: definition.data.dataset['predicted-at'] };
  const online = detectOnlineSkew(skew);
  return [
    ...detectPerformance(live, reference, drift),
    ...detectFeatureDrift({ profile, current: predictions.table, drift, windowDays }),
    ...detectPredictionDrift({ profile, probability: live.probability, decision: live.decision, drift, windowDays }),
    ...detectService(service, drift),
    detectSkew(skew),
    ...(online === undefined ? [] : [online]),
  ];
}

/** Traffic is a matter of now: the last week, or less in a shorter window. */
function recentRowsPerDay(days: Int32Array, window: DriftWindow): number {
  const length = Math.min(7, window.days);
  const first = window.to / millisecondsPerDay - length;
  return days.reduce((sum, day) => sum + (day >= first ? 1 : 0), 0) / length;
}
