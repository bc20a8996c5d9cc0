/** A request of the binary tensor data extension as clients write it. */
export interface BinaryTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly bytes: Buffer;
}

/** BYTES elements: length, then UTF-8. */
export function bytesElements(texts: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const content = Buffer.from(text);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(content.length);
      return [length, content];
    }),
  );
}

export const floatElements = (values: readonly number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);

/** @param shift spaces that move the elements, so that they lie aligned or not */
export function binaryInfer(tensors: readonly BinaryTensor[], options: { readonly members?: object; readonly shift?: number } = {}) {
  const inputs = tensors.map(({ name, datatype, shape, bytes }) => ({ name, datatype, shape, parameters: { binary_data_size: bytes.length } }));
  const head = Buffer.from(JSON.stringify({ ...options.members, inputs }) + ' '.repeat(options.shift ?? 0));
  return { payload: Buffer.concat([head, ...tensors.map(({ bytes }) => bytes)]), headers: { 'content-type': 'application/octet-stream', 'inference-header-content-length': String(head.length) } };
}
