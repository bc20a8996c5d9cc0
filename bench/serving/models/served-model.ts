/** A row as callers of `/predict` send it. */
export type ServedRow = Readonly<Record<string, string | number | null>>;

export interface ServedModel {
  readonly name: string;
  /** Of the ONNX file. */
  readonly path: string;
  readonly digest: string;
  /** Columns of its inputs `num` and `cat`, in order. */
  readonly numbers: readonly string[];
  readonly strings: readonly string[];
  /** Different rows that requests send in turn. */
  readonly rows: readonly ServedRow[];
  /** What a bare session answers for each. */
  readonly expected: readonly number[];
}
