export interface FakeOnnxRuntimeOptions {
  /** Execution providers whose sessions do not open. */
  readonly missing?: readonly string[];
  /** Told of every run, with the provider it ran on. */
  readonly onRun?: (provider: string, batch: number) => void;
}

/** The module surface of onnxruntime-node and -web: sessions that answer nothing, and a record of the providers they were opened with. */
export function fakeOnnxRuntime({ missing = [], onRun }: FakeOnnxRuntimeOptions = {}) {
  const opened: string[] = [];
  const module = {
    env: { versions: { node: '1.2.3', web: '1.2.3' }, wasm: {} },
    Tensor: class {
      readonly type: string;
      readonly data: unknown;
      readonly dims: readonly number[];
      constructor(type: string, data: unknown, dims: readonly number[]) {
        this.type = type;
        this.data = data;
        this.dims = dims;
      }
    },
    InferenceSession: {
      create: (_model: Uint8Array, { executionProviders: [provider = ''] }: { executionProviders: string[] }) => {
        opened.push(provider);
        if (missing.includes(provider)) return Promise.reject(new Error(`the libraries of ${provider} are missing`));
        return Promise.resolve({
          run: (feeds: Record<string, { dims: readonly number[] }>) => {
            onRun?.(provider, feeds['batches']?.dims[1] ?? 0);
            return Promise.resolve({});
          },
          release: () => Promise.resolve(),
        });
      },
    },
  };
  return { opened, module };
}
