/** A tensor that goes into or comes out of a graph; `dims` are its sizes, `data` its elements in row-major order. */
export type GraphTensor =
  | { readonly type: 'float32'; readonly dims: readonly number[]; readonly data: Float32Array }
  | { readonly type: 'int32'; readonly dims: readonly number[]; readonly data: Int32Array }
  | { readonly type: 'int64'; readonly dims: readonly number[]; readonly data: BigInt64Array }
  | { readonly type: 'string'; readonly dims: readonly number[]; readonly data: readonly string[] };

export type GraphTensors = Readonly<Record<string, GraphTensor>>;

export interface GraphSession {
  /** Runs the graph once. The same feeds give the same bits, on any number of threads. */
  run(feeds: GraphTensors): Promise<GraphTensors>;
  release(): Promise<void>;
}

/**
 * Executes ONNX graphs (opset 17, ai.onnx.ml 3): feature encoding, training epochs and scoring. Everything that makes a training
 * what it is (initial weights, shuffling, dropout masks, early stopping, checkpoints) lies outside, in src/delaynet, so engines
 * differ in speed and never in method.
 */
export interface TrainingEngine {
  /** Known for certain from the first session on: an engine may be chosen when it is first needed. */
  readonly name: string;
  /** Library and version, device, and why these; for the record of a training. Known from the first session on, too. */
  readonly description: string;
  /** @throws UserError `engine-unavailable` if the engine or a wanted device cannot be used here. */
  openSession(model: Uint8Array): Promise<GraphSession>;
}
