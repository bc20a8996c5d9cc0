import type { Operator } from './call.ts';
import { elementWise } from './element-wise.ts';
import { labelEncoder } from './label-encoder.ts';
import { matrix } from './matrix.ts';
import { shape } from './shape.ts';

/** The operators that Taxiway's graphs use; Scan, which runs a graph of its own, is in run-graph.ts. */
export const operators: Readonly<Record<string, Operator>> = { ...elementWise, ...matrix, ...shape, 'ai.onnx.ml.LabelEncoder': labelEncoder };
