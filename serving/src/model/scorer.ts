/** Rows as a model takes them: row-major, in the model's column order. Missing numbers are NaN, missing strings ''. */
export interface EncodedRows {
  readonly count: number;
  readonly numbers: Float32Array;
  readonly strings: string[];
}

/** Anything that gives one probability per row. */
export interface Scorer {
  score(rows: EncodedRows): Promise<Float32Array>;
}
