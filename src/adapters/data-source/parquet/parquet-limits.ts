/** What a Parquet file may declare at most; a file beyond is refused before DuckDB sees it. */
export interface ParquetLimits {
  readonly columns: number;
  /** Bytes of the footer. */
  readonly footer: number;
  readonly rows: number;
  readonly rowGroups: number;
  /** Bytes once uncompressed. */
  readonly uncompressed: number;
  /** Times that the bytes may grow by uncompressing; asked from `uncompressedAlways` on. */
  readonly compressionRatio: number;
  readonly uncompressedAlways: number;
  /** Values (rows × columns) to a byte of the file; asked from `valuesAlways` on. A run of equal values takes next to no room. */
  readonly valuesPerByte: number;
  readonly valuesAlways: number;
}

export const parquetLimits: ParquetLimits = {
  columns: 4096,
  footer: 32 * 2 ** 20,
  rows: 10_000_000_000,
  rowGroups: 1_000_000,
  uncompressed: 2 ** 40,
  compressionRatio: 1000,
  uncompressedAlways: 2 ** 30,
  valuesPerByte: 1000,
  valuesAlways: 100_000_000,
};
