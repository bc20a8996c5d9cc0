/** How files of rows are written: a month of some ten thousand rows is one row group. Why snappy: docs/decisions/0015. */
export const parquetOptions = 'FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 122880';
