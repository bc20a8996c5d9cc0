import type { LoadedModel } from '../model/load-model.ts';

interface TensorMetadata {
  readonly name: string;
  readonly datatype: string;
  /** -1 is any number of rows. */
  readonly shape: readonly number[];
}

export const outputTensors = [
  { name: 'probability', datatype: 'FP32', shape: [-1, 1] },
  { name: 'decision', datatype: 'INT32', shape: [-1, 1] },
] as const satisfies readonly TensorMetadata[];

export type OutputName = (typeof outputTensors)[number]['name'];

/** What `GET /v2` answers. The extension is Triton's: tensors as bytes behind the JSON part. */
export const serverMetadata = { name: 'taxiway-serving', version: '0.1.0', extensions: ['binary_tensor_data'] } as const;

/** One input per column; `num` and `cat` carry all columns of a kind in one tensor and may stand for them. */
export function modelMetadata({ name, version, description }: LoadedModel) {
  const column = (datatype: string) => (columnName: string): TensorMetadata => ({ name: columnName, datatype, shape: [-1, 1] });
  const { numbers, strings } = description;
  return {
    name,
    versions: [version],
    platform: 'onnx_onnxv1',
    inputs: [...numbers.map(column('FP32')), ...strings.map(column('BYTES'))],
    outputs: outputTensors,
    // Not of the protocol, which allows it: servers may add members.
    alternatives: [
      { name: 'num', datatype: 'FP32', shape: [-1, numbers.length], columns: numbers },
      { name: 'cat', datatype: 'BYTES', shape: [-1, strings.length], columns: strings },
    ],
  };
}
