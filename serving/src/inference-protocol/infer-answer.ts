import type { LoadedModel } from '../model/load-model.ts';
import { decide } from '../predict/prediction.ts';
import type { ScoredRows } from '../predict/score-rows.ts';
import { RequestError } from '../request-error.ts';
import type { InferRequest, RequestedOutput } from './infer-tensor.ts';
import { outputTensors, type OutputName } from './model-metadata.ts';

/** An answer: JSON alone, or JSON and the bytes of its binary outputs. */
export interface InferAnswer {
  readonly body: string | Buffer;
  /** Bytes of the JSON part where others follow. */
  readonly headLength: number | undefined;
}

const isOutput = (name: string): name is OutputName => outputTensors.some((output) => output.name === name);

/** @throws RequestError for an output that there is not. */
export function requestedOutputs({ outputs, binaryOutput }: InferRequest): readonly RequestedOutput[] {
  for (const { name } of outputs ?? []) {
    if (!isOutput(name)) throw new RequestError('tensor-unknown', `Output "${name.slice(0, 80)}" is not one that this model has: ${outputTensors.map((output) => output.name).join(', ')}.`);
  }
  return outputs ?? outputTensors.map(({ name }) => ({ name, binary: binaryOutput }));
}

function outputValues(name: string, { probabilities, point }: ScoredRows): Float32Array | Int32Array {
  if (name === 'decision') return Int32Array.from(probabilities, (probability) => decide(probability, point));
  return probabilities instanceof Float32Array ? probabilities : Float32Array.from(probabilities);
}

/** Alignment that lets clients read numbers where they lie. */
const alignment = 8;

/** Writes the answer; every output asked for, as JSON or behind it as bytes, in the order asked for. */
export function writeInferAnswer(request: { readonly id: string | undefined; readonly outputs: readonly RequestedOutput[] }, scored: ScoredRows, model: LoadedModel): InferAnswer {
  const chunks: Buffer[] = [];
  const outputs = request.outputs.map(({ name, binary }) => {
    const values = outputValues(name, scored);
    const tensor = { name, datatype: name === 'decision' ? 'INT32' : 'FP32', shape: [values.length, 1] };
    if (!binary) return { ...tensor, data: Array.from(values) };
    chunks.push(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
    return { ...tensor, parameters: { binary_data_size: values.byteLength } };
  });
  const { point } = scored;
  const head = JSON.stringify({
    model_name: model.name,
    model_version: model.version,
    ...(request.id !== undefined && { id: request.id }),
    parameters: { threshold: point.threshold, operating_point: point.id, operating_point_source: point.source, model_digest: model.digest },
    outputs,
  });
  if (chunks.length === 0) return { body: head, headLength: undefined };
  const bytes = Buffer.from(head);
  const padding = Buffer.alloc((alignment - (bytes.length % alignment)) % alignment, ' ');
  return { body: Buffer.concat([bytes, padding, ...chunks]), headLength: bytes.length + padding.length };
}
