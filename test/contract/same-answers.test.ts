import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readConfiguration } from '../../serving/src/configuration.ts';
import { loadModel } from '../../serving/src/model/load-model.ts';
import { createServer } from '../../serving/src/server.ts';
import { createService } from '../../serving/src/service.ts';
import { MemoryArtifactStore } from '../../src/adapters/artifact-store/memory.ts';
import type { Table } from '../../src/data/table.ts';
import { scoreTable } from '../../src/delaynet/score-table.ts';
import { readCandidate } from '../../src/gate/candidate.ts';
import { createRandom } from '../../src/statistics/random.ts';
import { train } from '../../src/steps/train.ts';
import { onnxRuntimeEngine } from '../builders/onnxruntime-engine.ts';
import { smallPipeline, trainingContext, writeFlights } from '../builders/training-scene.ts';

const count = 2_000;
const folder = await mkdtemp(join(tmpdir(), 'taxiway-same-answers-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Numbers and categories of every kind that a request can hold. */
function rowsOfAllKinds(): Table {
  const random = createRandom('same-answers');
  const pick = <Value>(values: readonly Value[], otherwise: Value): Value => values[random.integer(values.length)] ?? otherwise;
  const number = (): number => (random.next() < 0.1 ? pick([NaN, -0, 1e30, -1e30, 1e-40, 16_777_217], NaN) : 40 * random.normal());
  const numbers = ['departure_delay', 'wind_speed'].map((name): [string, Float64Array] => [name, Float64Array.from({ length: count }, number)]);
  const carriers = Array.from({ length: count }, () => pick(['AA', 'UA', 'B6', 'ZZ', 'unknown', '', 'aa', ' AA', 'Ü', '__proto__'], ''));
  return { rows: count, numbers: new Map(numbers), strings: new Map([['carrier', carriers]]) };
}

it('a row is answered by the service as the batch path scores it, gaps, unknown categories and odd numbers included', async () => {
  const context = trainingContext({ store: new MemoryArtifactStore(), pipeline: await smallPipeline({ baselines: [], 'maximum-epochs': 2 }) });
  const dataset = await writeFlights(context.artifacts);
  const { outputs } = await train({ dataset, warmStart: undefined, championEnvironment: undefined }, context);
  const { model } = await readCandidate(context.artifacts, outputs.candidate);
  const path = join(folder, 'model.onnx');
  await writeFile(path, model);
  const environment = { MODEL_PATH: path, MODEL_DIGEST: outputs.model, LOG_LEVEL: 'silent' };
  const app = createServer(
    createService({ configuration: readConfiguration(environment, path), model: await loadModel({ path, digest: outputs.model, name: 'flight-delay', version: '1' }), logSink: undefined, startedAt: new Date(0) }),
  );

  const table = rowsOfAllKinds();
  const request = (row: number): object => {
    const value = (name: string): number | null => {
      const found = table.numbers.get(name)?.[row] ?? NaN;
      return Number.isNaN(found) ? null : found;
    };
    const carrier = table.strings.get('carrier')?.[row] ?? '';
    // A missing category is said in both ways that a caller has.
    return { flight_id: `F${row}`, scheduled_departure: '2013-05-01T12:00:00Z', departure_delay: value('departure_delay'), wind_speed: value('wind_speed'), carrier: carrier === '' && row % 2 === 0 ? null : carrier };
  };
  const batch = await scoreTable(model, table, onnxRuntimeEngine());
  const ask = async (start: number, size: number): Promise<number[]> => {
    const answer = await app.inject({ method: 'POST', url: '/predict', payload: { rows: Array.from({ length: size }, (_, index) => request(start + index)) } });
    expect(answer.statusCode, answer.body).toBe(200);
    return answer.json<{ predictions: { probability: number }[] }>().predictions.map(({ probability }) => probability);
  };
  const answers = await Promise.all([ask(0, 1), ask(1, 3), ask(4, 700), ask(704, 999), ask(1_703, 297)]);
  await app.close();
  const differences = answers.flat().map((probability, row) => Math.abs(probability - (batch[row] ?? NaN)));
  expect(differences).toHaveLength(count);
  expect(Math.max(...differences)).toBeLessThanOrEqual(1e-6);
  expect(new Set(batch).size).toBeGreaterThan(count / 2);
});
