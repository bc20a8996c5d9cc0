/** Modules with native code stay outside the bundles; the edge finds them (workspace, bundle's own tree, tool cache) before a step runs. */
export type NativeModuleName = '@duckdb/node-api' | 'onnxruntime-node' | 'onnxruntime-web' | '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu';

export interface NativeModules {
  /** The module's namespace. Loading is lazy: nothing native is touched before the first call. */
  load(name: NativeModuleName): unknown;
}
