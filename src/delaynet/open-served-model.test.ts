import { glob, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { modelProto } from '../onnx/model-proto.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import type { TrainingEngine } from '../ports/training-engine.ts';
import { openServedModel } from './open-served-model.ts';

/** Who may give bytes to an engine: they compile the graph themselves in the same breath, or have been shown the bytes by openServedModel. */
const openers = [
  'src/action/open-training-engine.ts',
  'src/delaynet/epoch-runner.ts',
  'src/delaynet/logit-scorer.ts',
  'src/delaynet/nearest-neighbours.ts',
  'src/delaynet/open-served-model.ts',
  'src/features/encode-table.ts',
  'src/gate/robustness/white-box.ts',
];

it('is the only way from bytes that were not made here to a runtime', async () => {
  const found: string[] = [];
  const runtimes: string[] = [];
  for await (const path of glob('{src,serving/src,actions,local,cli}/**/*.ts', { exclude: ['**/dist/**', '**/*.test.ts'] })) {
    const code = await readFile(path, 'utf8');
    if (code.includes('.openSession(')) found.push(path);
    if (code.includes('InferenceSession.create(')) runtimes.push(path);
  }
  expect(found.sort()).toEqual(openers);
  expect(runtimes.filter((path) => !path.startsWith('src/adapters/training-engine/'))).toEqual(['serving/src/model/onnx-scorer.ts']);
  expect(await readFile('serving/src/model/load-model.ts', 'utf8')).toMatch(/describeModel\(readModelFile\(bytes\)\)[^]*createOnnxScorer\(bytes/);
});

function identity(): Uint8Array {
  const graph = new GraphBuilder();
  const numbers = graph.input('num', 'float', ['rows', 1]);
  graph.output(numbers, 'probability');
  return graph.model('identity', {
    'taxiway.model': JSON.stringify({ schema: 'taxiway/model/v1', inputs: { num: ['x'], cat: [] }, label: 'y', features: [{ transform: 'numeric', columns: ['x'] }], encoded: ['x'], embedded: [], calibration: { slope: 1, offset: 0 }, parameters: 0 }),
  });
}

/** Opens nothing but its probe, or nothing at all. */
const engineThat = (opensProbe: boolean): TrainingEngine & { readonly opened: number } => {
  let opened = 0;
  return {
    name: 'none',
    description: 'none',
    get opened() {
      return opened;
    },
    openSession: (model) => {
      opened += 1;
      const isProbe = model.length < 200;
      return isProbe && opensProbe ? Promise.resolve({ run: () => Promise.resolve({}), release: () => Promise.resolve() }) : Promise.reject(new Error(isProbe ? 'no library' : 'no such model'));
    },
  };
};

it('blames the model that an engine cannot open where it opens another, and the engine where it opens none', async () => {
  await expect(openServedModel(identity(), engineThat(true))).rejects.toThrow(expect.objectContaining({ code: 'model-invalid', message: expect.stringContaining('no such model') as unknown }));
  await expect(openServedModel(identity(), engineThat(false))).rejects.toThrow('no library');
});

it('shows an engine no model that is refused', async () => {
  const engine = engineThat(true);
  await expect(openServedModel(modelProto(new Uint8Array()), engine)).rejects.toThrow(expect.objectContaining({ code: 'model-invalid' }));
  expect(engine.opened).toBe(0);
});
