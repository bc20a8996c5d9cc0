import { ThriftFault, ThriftReader, thriftType } from './thrift-compact.ts';

/** What a Parquet file says of itself (parquet-format, parquet.thrift). */
export interface ParquetFooter {
  readonly rows: number;
  /** Depth first, the root first. */
  readonly schema: readonly SchemaElement[];
  readonly rowGroups: readonly RowGroup[];
  readonly encrypted: boolean;
}

export interface SchemaElement {
  readonly name: string;
  readonly physicalType: number | undefined;
  /** 0 required, 1 optional, 2 repeated. */
  readonly repetition: number | undefined;
  readonly children: number;
  readonly convertedType: number | undefined;
  /** Which member of the union LogicalType. */
  readonly logicalType: number | undefined;
}

export interface RowGroup {
  readonly rows: number;
  readonly columns: readonly ColumnChunk[];
}

export interface ColumnChunk {
  /** In another file: nobody writes that any more. */
  readonly elsewhere: boolean;
  readonly encrypted: boolean;
  readonly described: boolean;
  readonly physicalType: number;
  readonly codec: number;
  readonly values: number;
  readonly uncompressed: number;
  readonly compressed: number;
  readonly dataOffset: number;
  readonly dictionaryOffset: number | undefined;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** @throws ThriftFault where the bytes are no such description */
export function readFooter(bytes: Uint8Array): ParquetFooter {
  const reader = new ThriftReader(bytes);
  const footer: Mutable<ParquetFooter> & { schema: SchemaElement[]; rowGroups: RowGroup[] } = { rows: -1, schema: [], rowGroups: [], encrypted: false };
  reader.struct((id, type) => {
    if (id === 2 && type === thriftType.list) reader.list(thriftType.struct, () => footer.schema.push(readSchemaElement(reader)));
    else if (id === 3 && type === thriftType.i64) footer.rows = reader.integer();
    else if (id === 4 && type === thriftType.list) reader.list(thriftType.struct, () => footer.rowGroups.push(readRowGroup(reader)));
    else {
      if (id === 8) footer.encrypted = true;
      return false;
    }
    return true;
  });
  if (footer.schema.length === 0 || footer.rows === -1) throw new ThriftFault('lacks its schema or its number of rows');
  return footer;
}

function readSchemaElement(reader: ThriftReader): SchemaElement {
  const element: Mutable<SchemaElement> = { name: '', physicalType: undefined, repetition: undefined, children: 0, convertedType: undefined, logicalType: undefined };
  reader.struct((id, type) => {
    if (id === 4 && type === thriftType.binary) element.name = reader.text();
    else if (id === 10 && type === thriftType.struct) {
      reader.struct((member) => {
        element.logicalType = member;
        return false;
      });
    } else if (type === thriftType.i32 && id === 1) element.physicalType = reader.integer();
    else if (type === thriftType.i32 && id === 3) element.repetition = reader.integer();
    else if (type === thriftType.i32 && id === 5) element.children = reader.integer();
    else if (type === thriftType.i32 && id === 6) element.convertedType = reader.integer();
    else return false;
    return true;
  });
  return element;
}

function readRowGroup(reader: ThriftReader): RowGroup {
  const columns: ColumnChunk[] = [];
  let rows = -1;
  reader.struct((id, type) => {
    if (id === 1 && type === thriftType.list) reader.list(thriftType.struct, () => columns.push(readColumnChunk(reader)));
    else if (id === 3 && type === thriftType.i64) rows = reader.integer();
    else return false;
    return true;
  });
  return { rows, columns };
}

function readColumnChunk(reader: ThriftReader): ColumnChunk {
  const chunk: Mutable<ColumnChunk> = {
    elsewhere: false, encrypted: false, described: false, physicalType: -1, codec: -1, values: -1, uncompressed: -1, compressed: -1, dataOffset: -1, dictionaryOffset: undefined,
  };
  reader.struct((id, type) => {
    if (id === 3 && type === thriftType.struct) {
      chunk.described = true;
      readColumnMetadata(reader, chunk);
      return true;
    }
    if (id === 1) chunk.elsewhere = true;
    if (id === 8 || id === 9) chunk.encrypted = true;
    return false;
  });
  return chunk;
}

function readColumnMetadata(reader: ThriftReader, chunk: Mutable<ColumnChunk>): void {
  const fields: Readonly<Record<number, (value: number) => void>> = {
    1: (value) => (chunk.physicalType = value),
    4: (value) => (chunk.codec = value),
    5: (value) => (chunk.values = value),
    6: (value) => (chunk.uncompressed = value),
    7: (value) => (chunk.compressed = value),
    9: (value) => (chunk.dataOffset = value),
    11: (value) => (chunk.dictionaryOffset = value),
  };
  reader.struct((id, type) => {
    const set = fields[id];
    if (set === undefined || (type !== thriftType.i32 && type !== thriftType.i64)) return false;
    set(reader.integer());
    return true;
  });
}
