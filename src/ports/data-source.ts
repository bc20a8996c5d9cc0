/** Makes one source of the pipeline visible to SQL. */
export interface DataSource {
  /** The files (or requests) that will be read for the window, each with its digest: they go into the snapshot's manifest. */
  resolve(window: SourceWindow): Promise<ResolvedSource>;
}

export interface SourceWindow {
  /** Folder or URI that relative paths start from. */
  readonly root: string;
  /** Milliseconds since the Unix epoch, half-open; look-back already included. */
  readonly from: number;
  readonly to: number;
  /** What was not known at this moment need not be read: milliseconds since the Unix epoch. */
  readonly asOf: number;
  /** Files fetched from elsewhere go here; removed when the step ends. */
  readonly workDirectory: string;
}

export interface ResolvedSource {
  /** Statements to run before the relation can be read. Tables they make begin with the source's name. */
  readonly prepare?: readonly string[];
  /** A SQL relation of the rows that could not be read: file, line (BIGINT), reason, text. They are counted and kept, never dropped in silence. */
  readonly rejected?: string;
  /** A SQL relation for DuckDB, e.g. read_parquet(['…']) or a VALUES list. Identifiers and literals are already quoted. */
  readonly relation: string;
  /** Where several files make the source: each by itself. All must have the same columns, for a lack would read as missing values. */
  readonly parts?: readonly { readonly name: string; readonly relation: string }[];
  readonly files: readonly SourceFile[];
  /** Where sources lie over each other: each that has something in the window, the lowest first. */
  readonly layers?: readonly ResolvedSource[];
  /** Columns by which a row of a later layer replaces those of earlier ones: every layer needs them. */
  readonly layerKey?: readonly string[];
  /** What is said of a layer that has nothing in the window. */
  readonly absent?: readonly string[];
  /** A SQL relation of the rows that a later layer replaced. They are counted. */
  readonly replaced?: string;
}

export interface SourceFile {
  /** Relative to the root, or a URI. */
  readonly name: string;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}
