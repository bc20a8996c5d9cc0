import type { EncodedRows } from '../../src/features/encode-table.ts';
import { planNetwork } from '../../src/delaynet/network-plan.ts';
import { averagingSchema, networkSchema, optimizerSchema } from '../../src/delaynet/training-schema.ts';
import type { TrainingGraphPlan } from '../../src/delaynet/training-step.ts';
import { createRandom } from '../../src/statistics/random.ts';

export const batchSize = 1024;
export const learningRate = 0.001;
const denseWidth = 54;
/** Categories without the unknown one, and dimensions: carrier, origin, destination, weekday. */
export const embeddings = [
  { column: 'carrier', categories: 16, dimensions: 4 },
  { column: 'origin', categories: 3, dimensions: 2 },
  { column: 'destination', categories: 90, dimensions: 8 },
  { column: 'weekday', categories: 7, dimensions: 3 },
] as const;

/** The flight-delay network and optimiser. */
export const plan: TrainingGraphPlan = {
  network: planNetwork(
    networkSchema.parse({
      layers: [{ type: 'dropout', rate: 0.1 }, { type: 'dense', units: 128 }, { type: 'dropout', rate: 0.2 }, { type: 'dense', units: 64 }, { type: 'dropout', rate: 0.2 }],
      head: { type: 'delay', observed: 'departure_delay', target: 'arrival_delay', cut: 15 },
    }),
    { denseWidth, embeddings: embeddings.map(({ column, categories, dimensions }) => ({ column, dimensions, vocabulary: Array.from({ length: categories }, (_, index) => `${column}${index}`) })) },
  ),
  loss: { negative: 1, positive: 1, gamma: 0 },
  optimizer: optimizerSchema.parse({ type: 'adamw', 'learning-rate': learningRate, 'weight-decay': 0.01 }),
  averaging: averagingSchema.parse({ type: 'exponential', decay: 0.995 }),
};

/** Seeded rows of the real shape. The numbers in them do not change what a step costs. */
export function trainingRows(rows: number): { readonly encoded: EncodedRows; readonly targets: Float32Array } {
  const random = createRandom('bench/training');
  const dense = Float32Array.from({ length: rows * denseWidth }, () => random.normal());
  const ids = Int32Array.from({ length: rows * embeddings.length }, (_, index) => random.integer(1 + (embeddings[index % embeddings.length]?.categories ?? 0)));
  const observed = Float32Array.from({ length: rows }, () => 20 * random.normal());
  const targets = observed.map((delay) => (delay + 8 * random.normal() >= 15 ? 1 : 0));
  return { encoded: { rows, dense, width: denseWidth, ids, embeddings: embeddings.length, observed }, targets };
}
