/** Element types that are read: numbers in any of four, texts as BYTES. */
export const datatypes = ['BYTES', 'FP32', 'FP64', 'INT32', 'INT64'] as const;
export type Datatype = (typeof datatypes)[number];

/** One input of an inference request, its head checked and its elements not read yet. */
export interface InferTensor {
  readonly name: string;
  readonly datatype: Datatype;
  /** [rows] or [rows, width]. */
  readonly shape: readonly number[];
  /** Elements as bytes behind the JSON head (little-endian, row-major), or as JSON, nested or flat. */
  readonly elements: { readonly kind: 'binary'; readonly bytes: Buffer } | { readonly kind: 'json'; readonly data: readonly unknown[] };
}

export interface RequestedOutput {
  readonly name: string;
  readonly binary: boolean;
}

export interface InferRequest {
  readonly id: string | undefined;
  readonly tensors: readonly InferTensor[];
  /** undefined: all of them. */
  readonly outputs: readonly RequestedOutput[] | undefined;
  /** Outputs go as bytes unless one says otherwise. */
  readonly binaryOutput: boolean;
}
