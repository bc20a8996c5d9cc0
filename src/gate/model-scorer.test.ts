import { expect, it } from 'vitest';
import { modelProto } from '../onnx/model-proto.ts';
import { ProtobufWriter } from '../onnx/protobuf-writer.ts';
import type { TrainingEngine } from '../ports/training-engine.ts';
import { openScorer } from './model-scorer.ts';

it('opens no model that reads another file', async () => {
  const tensor = new ProtobufWriter().text(8, 'weights').bytes(13, new ProtobufWriter().text(1, 'location').text(2, '/etc/passwd').finish()).finish();
  const hostile = modelProto(new ProtobufWriter().text(2, 'graph').bytes(5, tensor).finish());
  let opened = 0;
  const engine: TrainingEngine = {
    name: 'counts',
    description: '',
    openSession: () => {
      opened += 1;
      return Promise.reject(new Error('opened'));
    },
  };
  await expect(openScorer(hostile, engine)).rejects.toThrow('another file');
  expect(opened).toBe(0);
});
