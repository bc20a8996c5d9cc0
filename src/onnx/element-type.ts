/** Element types of ONNX tensors that Taxiway writes, with their codes in `TensorProto.DataType` (onnx.proto3). */
export const elementTypeCodes = { float: 1, int32: 6, int64: 7, string: 8, bool: 9 } as const;

export type ElementType = keyof typeof elementTypeCodes;

/** A fixed size, or the name of a size that is known when the graph runs. */
export type Dimension = number | string;
