import type { Table } from '../../src/data/table.ts';
import { fitDelayNet } from '../../src/delaynet/fit-delaynet.ts';
import { trainingSchema } from '../../src/delaynet/training-schema.ts';
import { featuresSchema } from '../../src/features/features-schema.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import { createRandom } from '../../src/statistics/random.ts';
import { engine } from './open-bytes.ts';

/** Flights in miniature, with gaps. */
export function smallRows(rows: number, seed: string): Table {
  const random = createRandom(seed);
  const carrier = Array.from({ length: rows }, () => ['AA', 'UA', 'B6', ''][random.integer(4)] ?? '');
  const wind = Float64Array.from({ length: rows }, () => (random.next() < 0.1 ? NaN : 10 * random.next()));
  const hour = Float64Array.from({ length: rows }, () => random.integer(24));
  const departure = Float64Array.from({ length: rows }, () => Math.round(10 + 20 * random.normal()));
  const others = ['visibility', 'gust', 'rain', 'rain_3h', 'temperature'].map((name) => [name, Float64Array.from({ length: rows }, () => 60 * random.next())] as const);
  const arrival = departure.map((delay, row) => Math.round(delay + (carrier[row] === 'B6' ? 12 : 0) + (wind[row] ?? 0) + 6 * random.normal()) || 0);
  return {
    rows,
    numbers: new Map([...others, ['wind', wind], ['hour', hour], ['departure_delay', departure], ['arrival_delay', arrival], ['delayed', arrival.map((delay) => (delay >= 15 ? 1 : 0))]]),
    strings: new Map([['carrier', carrier], ['day', carrier.map((_, row) => `2013-07-0${1 + (row % 9)}`)]]),
  };
}

/** A model as `train` writes it, with every kind of encoding, small enough to be opened a hundred thousand times. */
export async function smallModel(): Promise<Uint8Array> {
  const features = featuresSchema.parse([
    { transform: 'quantile-normal', columns: ['departure_delay', 'wind'] },
    { transform: 'piecewise-linear', columns: ['wind'] },
    { transform: 'numeric', columns: ['departure_delay'] },
    { transform: 'min-max', columns: ['wind'] },
    { transform: 'missing-indicator', columns: ['wind'] },
    { transform: 'cyclical-time', columns: ['hour'], period: 24 },
    { transform: 'weather-severity', columns: ['visibility', 'wind', 'gust', 'rain_3h', 'rain', 'temperature'] },
    { transform: 'holiday', columns: ['day'] },
    { transform: 'one-hot', columns: ['carrier'] },
    { transform: 'target-encoding', columns: ['carrier'], smoothing: 20 },
    { transform: 'embedding', columns: ['carrier'], dimensions: 2, 'minimum-count': 10 },
  ]);
  const training = trainingSchema.parse({
    window: 'window.yaml',
    engine: 'onnxruntime',
    seed: 7,
    network: { layers: [{ type: 'dense', units: 8 }, { type: 'dense', units: 4, activation: 'tanh' }], head: { type: 'delay', observed: 'departure_delay', target: 'arrival_delay', cut: 15 } },
    loss: { type: 'cross-entropy' },
    optimizer: { type: 'adamw', 'learning-rate': 0.005, 'weight-decay': 0.01 },
    'batch-size': 64,
    'maximum-epochs': 2,
    patience: 2,
    threshold: { policy: 'recall', target: 0.83 },
  });
  const { model } = await fitDelayNet({ features, training, fit: smallRows(400, 'fit'), calibrate: smallRows(200, 'calibrate'), label: 'delayed', engine, logger: silentLogger, chooseThreshold: () => 0.5 });
  return model;
}
