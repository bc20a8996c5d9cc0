import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../../../src/artifacts/digest.ts';
import { GraphBuilder } from '../../../src/onnx/graph-builder.ts';
import { createRandom } from '../../../src/statistics/random.ts';
import type { ServedModel, ServedRow } from './served-model.ts';
import { openSession, scoreRows } from './session.ts';

const layers = [48, 128, 64, 1];
const rowCount = 256;

/** The net that the study of delays measured: 48 numbers, layers of 128 and 64 with ReLU, one probability. Its weights are drawn: what it says does not matter here. */
function studyNet(numbers: readonly string[]): Uint8Array {
  const random = createRandom('bench/serving/study-net');
  const graph = new GraphBuilder();
  let value = graph.input('num', 'float', ['rows', numbers.length]);
  for (const [index, size] of layers.slice(1).entries()) {
    const width = layers[index] ?? 0;
    const weights = graph.constant({ type: 'float', shape: [width, size], data: Array.from({ length: width * size }, () => (random.next() - 0.5) * (2 / Math.sqrt(width))) });
    const bias = graph.constant({ type: 'float', shape: [size], data: Array.from({ length: size }, () => (random.next() - 0.5) / 10) });
    const linear = graph.apply('Gemm', [value, weights, bias], { shape: ['rows', size] });
    value = graph.apply(size === 1 ? 'Sigmoid' : 'Relu', [linear], { shape: ['rows', size] });
  }
  graph.output(value, 'probability');
  const metadata = { numbers, strings: [], key: ['id'], threshold: 0.5, pipeline: 'study-net' };
  return graph.model('study-net', Object.fromEntries(Object.entries(metadata).map(([name, said]): [string, string] => [`taxiway.${name}`, JSON.stringify(said)])));
}

export async function makeStudyNet(folder: string): Promise<ServedModel> {
  const numbers = Array.from({ length: 48 }, (_, index) => `feature_${String(index).padStart(2, '0')}`);
  const bytes = studyNet(numbers);
  const path = join(folder, 'study-net.onnx');
  await writeFile(path, bytes);
  const random = createRandom('bench/serving/study-net/rows');
  const rows = Array.from({ length: rowCount }, (_, index): ServedRow => ({ id: `row-${index}`, ...Object.fromEntries(numbers.map((name): [string, number] => [name, Math.round((random.next() * 4 - 2) * 1e4) / 1e4])) }));
  const columns = { numbers, strings: [] };
  const session = await openSession(path);
  return { name: 'the 48-128-64-1 net', path, digest: digestOf(bytes), ...columns, rows, expected: [...(await scoreRows(session, rows, columns))] };
}
