import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreModelRegistry } from '../../src/adapters/model-registry/store.ts';
import { ArtifactRepository, type Maker } from '../../src/artifacts/artifact.ts';
import { type Digest, digestOf } from '../../src/artifacts/digest.ts';
import { withDatabase } from '../../src/data/database.ts';
import { readParquet } from '../../src/data/read-parquet.ts';
import { trainingSchema } from '../../src/delaynet/training-schema.ts';
import { featuresSchema } from '../../src/features/features-schema.ts';
import { type LoadedPipeline, loadPipeline } from '../../src/pipeline/load-pipeline.ts';
import type { ArtifactStore } from '../../src/ports/artifact-store.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import type { TrainingEngine } from '../../src/ports/training-engine.ts';
import { createRandom } from '../../src/statistics/random.ts';
import type { StepContext } from '../../src/steps/step.ts';
import type { TrainPorts } from '../../src/steps/train.ts';
import { onnxRuntimeEngine } from './onnxruntime-engine.ts';

const native = { load: createRequire(import.meta.url) };
const day = 86_400_000;

/** The flight-delay pipeline with a network that trains in a blink; windows are those of its training-window.yaml. */
export async function smallPipeline(training: Record<string, unknown> = {}): Promise<LoadedPipeline> {
  const pipeline = await loadPipeline(join(import.meta.dirname, '../../pipelines/flight-delay/pipeline.yaml'));
  const { definition } = pipeline;
  const changed = trainingSchema.parse({
    ...definition.training,
    network: { layers: [{ type: 'dropout', rate: 0.1 }, { type: 'dense', units: 16 }, { type: 'dropout', rate: 0.2 }, { type: 'dense', units: 8 }], head: definition.training.network.head },
    optimizer: { type: 'adamw', 'learning-rate': 0.003, 'weight-decay': 0.01 },
    averaging: { type: 'exponential', decay: 0.98 },
    'batch-size': 128,
    'maximum-epochs': 4,
    patience: 4,
    ...training,
  });
  const features = featuresSchema.parse([
    { transform: 'quantile-normal', columns: ['departure_delay', 'wind_speed'] },
    { transform: 'target-encoding', columns: ['carrier'], smoothing: 20 },
    { transform: 'embedding', columns: ['carrier'], dimensions: 2, 'minimum-count': 10 },
  ]);
  return { ...pipeline, definition: { ...definition, features, training: changed, drift: { ...definition.drift, 'alarm-columns': ['carrier', 'departure_delay'] } } };
}

export interface FlightsOptions {
  readonly seed?: string;
  /** Days since 1 January 2013, half-open; the whole of January to May by default. */
  readonly from?: number;
  readonly to?: number;
  /** What the label is; by default 1 where the arrival delay is at least 15. */
  readonly label?: (arrivalDelay: number) => number;
}

/** Flights in miniature, 20 a day: the arrival delay is the departure delay, plus what carrier and wind add, plus noise. */
function flightRows({ seed = 'flights', from = 0, to = 151, label = (delay) => (delay >= 15 ? 1 : 0) }: FlightsOptions): string[] {
  const random = createRandom(seed);
  return Array.from({ length: (to - from) * 20 }, (_, index) => {
    const carrier = ['AA', 'UA', 'B6'][random.integer(3)] ?? 'AA';
    const known = index % 300 !== 299;
    const wind = random.next() < 0.05 ? null : Math.round(200 * random.next()) / 10;
    const departure = Math.round(10 + 20 * random.normal());
    const arrival = Math.round(departure - 5 + (carrier === 'B6' ? 12 : 0) + (wind ?? 10) - 10 + 6 * random.normal());
    const scheduled = new Date(Date.UTC(2013, 0, 1) + (from + Math.floor(index / 20)) * day + (index % 20) * 3_600_000).toISOString().slice(0, 19);
    return `('${carrier}${index}-EWR-LAX', TIMESTAMP '${scheduled}', 'completed', '${known ? carrier : 'ZZ'}', ${departure}, ${arrival}, ${label(arrival)}, ${wind ?? 'NULL'})`;
  });
}

/** Writes the flights as a clean snapshot and gives its digest. */
export async function writeFlights(artifacts: ArtifactRepository, options: FlightsOptions = {}): Promise<Digest> {
  const folder = await mkdtemp(join(tmpdir(), 'taxiway-flights-'));
  try {
    const path = join(folder, 'rows.parquet');
    const columns = 'flight_id, scheduled_departure, outcome, carrier, departure_delay, arrival_delay, delayed, wind_speed';
    await withDatabase(native, (database) => database.run(`COPY (SELECT * FROM (VALUES ${flightRows(options).join(', ')}) AS rows(${columns})) TO '${path}' (FORMAT parquet)`));
    const { digest } = await artifacts.write({ kind: 'clean-snapshot', files: { 'rows/2013-01.parquet': { path } }, parents: {}, metadata: {} });
    return digest;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export interface TrainingContextOptions {
  readonly store: ArtifactStore;
  readonly pipeline: LoadedPipeline;
  readonly engine?: TrainingEngine;
  readonly logger?: Logger;
  readonly maker?: Maker;
}

/** What `train` needs, with ONNX Runtime and DuckDB as they are. */
export function trainingContext({ store, pipeline, engine = onnxRuntimeEngine(), logger = silentLogger, maker }: TrainingContextOptions): StepContext & TrainPorts {
  const clock = { now: () => 0, sleep: () => Promise.resolve() };
  return {
    pipeline,
    store,
    artifacts: new ArtifactRepository(store, maker),
    logger,
    clock,
    native,
    asOf: Date.parse('2013-06-01T00:00:00Z'),
    codeCommit: '0'.repeat(40),
    code: digestOf('code'),
    workDirectory: tmpdir(),
    engine,
    registry: new StoreModelRegistry({ store, model: pipeline.definition.name, clock }),
    readRows: (paths, request) => readParquet(native, paths, request),
  };
}
