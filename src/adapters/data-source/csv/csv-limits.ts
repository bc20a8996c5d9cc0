/** What a CSV file may have at most. A file beyond them is refused, or the row beyond them is rejected, before DuckDB sees it. */
export const csvLimits = {
  columns: 4096,
  /** Bytes of the header line; also of what is looked at before a file is taken for CSV at all. */
  header: 1_048_576,
  /** Bytes of one row, quotes included. DuckDB itself refuses rows of twice that. */
  row: 1_048_576,
  /** Characters of a row that an error or a rejected row repeats. */
  excerpt: 200,
} as const;
