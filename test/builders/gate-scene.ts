import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryArtifactStore } from '../../src/adapters/artifact-store/memory.ts';
import { ArtifactRepository } from '../../src/artifacts/artifact.ts';
import { canonicalJson, type Json } from '../../src/artifacts/canonical-json.ts';
import { type Digest, digestOf } from '../../src/artifacts/digest.ts';
import { withDatabase } from '../../src/data/database.ts';
import type { Table } from '../../src/data/table.ts';
import { fitDelayNet, type FittedDelayNet } from '../../src/delaynet/fit-delaynet.ts';
import { trainingSchema } from '../../src/delaynet/training-schema.ts';
import { serializeTrainingState } from '../../src/delaynet/training-state.ts';
import { featuresSchema } from '../../src/features/features-schema.ts';
import { type LoadedPipeline, loadPipeline } from '../../src/pipeline/load-pipeline.ts';
import type { GateSection } from '../../src/pipeline/schema/gate.ts';
import { gateSchema } from '../../src/pipeline/schema/gate.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import { createRandom } from '../../src/statistics/random.ts';
import { onnxRuntimeEngine } from './onnxruntime-engine.ts';

const engine = onnxRuntimeEngine();
const columns = ['flight_id', 'scheduled_departure', 'outcome', 'carrier', 'origin', 'hour', 'weather_severity', 'departure_delay', 'wind_speed', 'arrival_delay', 'delayed'];
export const testWindow = { from: '2013-05-01', to: '2013-05-29' };
const window = { fit: { from: '2013-01-01', to: '2013-04-01' }, calibrate: { from: '2013-04-01', to: '2013-05-01' }, test: testWindow };

/** The flight-delay pipeline reduced to a few columns and a network that trains in a blink. */
export async function gatePipeline(gate: Partial<GateSection> = {}): Promise<LoadedPipeline> {
  const pipeline = await loadPipeline(join(import.meta.dirname, '../../pipelines/flight-delay/pipeline.yaml'));
  const { definition } = pipeline;
  return {
    ...pipeline,
    definition: {
      ...definition,
      columns: Object.fromEntries(Object.entries(definition.columns).filter(([name]) => columns.includes(name))),
      features: featuresSchema.parse([
        { transform: 'quantile-normal', columns: ['departure_delay', 'wind_speed', 'weather_severity'] },
        { transform: 'embedding', columns: ['carrier'], dimensions: 2, 'minimum-count': 10 },
        { transform: 'embedding', columns: ['origin'], dimensions: 2, 'minimum-count': 10 },
      ]),
      training: trainingSchema.parse({
        ...definition.training,
        network: { layers: [{ type: 'dense', units: 16 }], head: definition.training.network.head },
        optimizer: { type: 'adamw', 'learning-rate': 0.01, 'weight-decay': 0.01 },
        averaging: { type: 'none' },
        'batch-size': 128,
        'maximum-epochs': 4,
        patience: 4,
      }),
      gate: {
        ...gateSchema.parse({
          'value-checks': [
            { metric: 'accuracy', minimum: 0.75 },
            { metric: 'latency-p95', maximum: 50, unit: 'millisecond' },
          ],
          'change-checks': [
            { metric: 'accuracy', 'minimum-change': 0.02 },
            { metric: 'recall', 'minimum-change': 0.03 },
            { metric: 'latency', 'maximum-ratio': 1.1 },
          ],
          slices: [{ column: 'origin' }, { column: 'carrier' }],
          bootstrap: { replicates: 400 },
          'golden-requests': 10,
        }),
        ...gate,
      },
    },
  };
}

export interface GateFlights {
  readonly seed: string;
  /** First day since 1 January 2013, default the test window's. */
  readonly from?: number;
  /** Default 28. */
  readonly days?: number;
  /** Default 60. */
  readonly perDay?: number;
  /** Minutes by which what was recorded differs from what happened: labels that teach something wrong. */
  readonly recorded?: (origin: string) => number;
  /** What a label is, default whether the arrival delay is at least 15. */
  readonly label?: (arrivalDelay: number) => number;
}

/** The arrival delay is the departure delay, plus what carrier, wind and weather add, plus noise. */
export function gateFlights({ seed, from = 120, days = 28, perDay = 60, recorded = () => 0, label = (delay) => (delay >= 15 ? 1 : 0) }: GateFlights): Table {
  const random = createRandom(seed);
  const rows = days * perDay;
  const pick = (values: readonly string[]): string[] => Array.from({ length: rows }, () => values[random.integer(values.length)] ?? '');
  const carrier = pick(['AA', 'UA', 'B6']);
  const origin = pick(['EWR', 'JFK', 'LGA', 'JFK']);
  const numbers = (valueOf: (row: number) => number): Float64Array => Float64Array.from({ length: rows }, (_, row) => valueOf(row));
  const departure = numbers(() => Math.round(10 + 20 * random.normal()));
  const wind = numbers(() => Math.round(200 * random.next()) / 10);
  const severity = numbers((row) => Math.max(0, Math.min(1, 0.2 + 0.2 * Math.sin(Math.floor(row / perDay)) + 0.1 * random.normal())));
  const arrival = numbers((row) => Math.round((departure[row] ?? 0) - 10 + (carrier[row] === 'B6' ? 8 : 0) + (wind[row] ?? 0) / 2 + 10 * (severity[row] ?? 0) + 6 * random.normal() + recorded(origin[row] ?? '')));
  return {
    rows,
    numbers: new Map([
      ['scheduled_departure', numbers((row) => Date.UTC(2013, 0, 1 + from + Math.floor(row / perDay)) + ((row % perDay) * 86_400_000) / perDay)],
      ['hour', numbers((row) => Math.floor(((row % perDay) * 24) / perDay))],
      ['weather_severity', severity],
      ['departure_delay', departure],
      ['wind_speed', wind],
      ['arrival_delay', arrival],
      ['delayed', arrival.map(label)],
    ]),
    strings: new Map([['flight_id', Array.from({ length: rows }, (_, row) => `${carrier[row] ?? ''}${row}-${origin[row] ?? ''}-LAX`)], ['outcome', new Array<string>(rows).fill('completed')], ['carrier', carrier], ['origin', origin]]),
  };
}

export function emptyGateStore(): { store: MemoryArtifactStore; artifacts: ArtifactRepository } {
  const store = new MemoryArtifactStore();
  return { store, artifacts: new ArtifactRepository(store) };
}

/** Writes the rows as a clean snapshot and gives its digest. */
export async function writeGateFlights(artifacts: ArtifactRepository, table: Table): Promise<Digest> {
  const folder = await mkdtemp(join(tmpdir(), 'taxiway-gate-'));
  try {
    const path = join(folder, 'rows.parquet');
    const valueOf = (name: string, row: number): string => {
      const number = table.numbers.get(name)?.[row];
      if (name === 'scheduled_departure') return `TIMESTAMP '${new Date(number ?? 0).toISOString().slice(0, 19)}'`;
      return number === undefined ? `'${table.strings.get(name)?.[row] ?? ''}'` : String(number);
    };
    const rows = Array.from({ length: table.rows }, (_, row) => `(${columns.map((name) => valueOf(name, row)).join(', ')})`);
    await withDatabase({ load: createRequire(import.meta.url) }, (database) => database.run(`COPY (SELECT * FROM (VALUES ${rows.join(', ')}) AS rows(${columns.join(', ')})) TO '${path}' (FORMAT parquet)`));
    const { digest } = await artifacts.write({ kind: 'clean-snapshot', files: { 'rows/2013-05.parquet': { path } }, parents: {}, metadata: {} });
    return digest;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A network fitted on 90 days of its own; what is recorded wrong there, it learns. */
export function fitGateModel({ definition }: LoadedPipeline, flights: Partial<GateFlights> = {}): Promise<FittedDelayNet> {
  const rows = (seed: string, from: number, days: number): Table => gateFlights({ recorded: flights.recorded ?? (() => 0), seed: `${flights.seed ?? 'model'}/${seed}`, from, days, perDay: 40 });
  return fitDelayNet({
    features: definition.features,
    training: definition.training,
    fit: rows('fit', 0, 90),
    calibrate: rows('calibrate', 90, 20),
    label: definition.data.label.column,
    engine,
    logger: silentLogger,
    chooseThreshold: () => 0.5,
  });
}

export interface GateCandidate {
  readonly artifacts: ArtifactRepository;
  readonly pipeline: LoadedPipeline;
  readonly dataset: Digest;
  readonly model: Pick<FittedDelayNet, 'model' | 'state' | 'threshold'>;
  /** Digest that the metadata names, where it is not the model's. */
  readonly named?: Digest;
}

/** The candidate artefact as `train` leaves it, without what the gate does not read. */
export async function writeGateCandidate({ artifacts, pipeline, dataset, model: { model, state, threshold }, named = digestOf(model) }: GateCandidate): Promise<Digest> {
  const training = { schema: 'taxiway/training/v1', hyperparameters: { ...pipeline.definition.training } };
  const { digest } = await artifacts.write({
    kind: 'candidate',
    files: { 'model.onnx': model, 'state.bin': serializeTrainingState(state), 'training.json': Buffer.from(canonicalJson(JSON.parse(JSON.stringify(training)) as Json)) },
    parents: { dataset },
    metadata: { pipeline: pipeline.digest, window, threshold, modelDigest: named },
  });
  return digest;
}
