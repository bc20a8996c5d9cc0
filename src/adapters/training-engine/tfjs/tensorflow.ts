/** The part of TensorFlow.js that is used. Its own types come with the package, which no plain install brings. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly dtype: string;
  dataSync(): Float32Array | Int32Array | Uint8Array;
  dispose(): void;
}

type Unary = (value: Tensor) => Tensor;
type Binary = (left: Tensor, right: Tensor) => Tensor;

export interface TensorFlow {
  readonly version: Readonly<Record<string, string>>;
  memory(): { readonly numTensors: number };
  /** Disposes of every tensor made inside, but for those returned. */
  tidy<T extends readonly Tensor[]>(work: () => T): T;
  backend(): { readonly isUsingGpuDevice?: boolean };
  tensor(data: Float32Array | Int32Array | Uint8Array | readonly number[], shape: readonly number[], type: 'float32' | 'int32' | 'bool'): Tensor;
  scalar(value: number): Tensor;

  readonly add: Binary;
  readonly sub: Binary;
  readonly mul: Binary;
  readonly div: Binary;
  readonly pow: Binary;
  readonly minimum: Binary;
  readonly maximum: Binary;
  readonly greaterEqual: Binary;
  readonly neg: Unary;
  readonly sqrt: Unary;
  readonly sin: Unary;
  readonly cos: Unary;
  readonly tanh: Unary;
  readonly sigmoid: Unary;
  readonly relu: Unary;
  readonly softplus: Unary;
  readonly isNaN: Unary;
  where(condition: Tensor, yes: Tensor, no: Tensor): Tensor;
  cast(value: Tensor, type: 'float32' | 'int32' | 'bool'): Tensor;

  matMul(left: Tensor, right: Tensor, transposeLeft: boolean, transposeRight: boolean): Tensor;
  transpose(value: Tensor, permutation?: readonly number[]): Tensor;
  sum(value: Tensor, axes: readonly number[] | undefined, keep: boolean): Tensor;
  mean(value: Tensor, axes: readonly number[] | undefined, keep: boolean): Tensor;

  reshape(value: Tensor, shape: readonly number[]): Tensor;
  broadcastTo(value: Tensor, shape: readonly number[]): Tensor;
  concat(values: readonly Tensor[], axis: number): Tensor;
  split(value: Tensor, sizes: readonly number[], axis: number): Tensor[];
  slice(value: Tensor, begin: readonly number[], size: readonly number[]): Tensor;
  gather(value: Tensor, indices: Tensor, axis: number): Tensor;
  oneHot(indices: Tensor, depth: number, on: number, off: number): Tensor;
  stack(values: readonly Tensor[]): Tensor;
}
