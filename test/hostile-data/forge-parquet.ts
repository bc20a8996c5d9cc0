/** A column as a forged footer describes it. */
export interface ForgedColumn {
  readonly name: string;
  /** parquet.thrift, Type; BYTE_ARRAY where absent. */
  readonly physical?: number;
  readonly repetition?: number;
  readonly children?: number;
  readonly converted?: number;
  /** Member of the union LogicalType. */
  readonly logical?: number;
}

export interface ForgedGroup {
  readonly rows: number;
  /** Numbers of every column chunk, where they shall not fit. */
  readonly chunk?: { readonly values?: number; readonly uncompressed?: number; readonly compressed?: number; readonly offset?: number; readonly dictionaryOffset?: number; readonly codec?: number; readonly elsewhere?: boolean; readonly encrypted?: boolean };
}

export interface ForgedFile {
  readonly columns: readonly ForgedColumn[];
  readonly rows: number;
  readonly groups: readonly ForgedGroup[];
  readonly encrypted?: boolean;
  /** Bytes between the magic and the footer. */
  readonly body?: Buffer;
  /** What the footer says of its own length. */
  readonly footerLength?: number;
}

export type Field = readonly [id: number, type: number, bytes: Buffer];
const [i32, i64, binary, list, structure] = [5, 6, 8, 9, 12];

/** A Parquet file with a footer that says what it is told to (Thrift compact protocol, parquet.thrift); its pages are zeros. */
export function forgeParquet(file: ForgedFile): Buffer {
  const body = file.body ?? Buffer.alloc(64);
  const leaves = file.columns.filter((column) => (column.children ?? 0) === 0);
  const top = countTop(file.columns);
  const schema = [struct([[4, binary, text('schema')], [5, i32, integer(top)]]), ...file.columns.map(schemaElement)];
  const groups = file.groups.map((group) => struct([[1, list, listOf(leaves.map((column) => chunk(column, group)))], [2, i64, integer(64)], [3, i64, integer(group.rows)]]));
  const footer = struct([
    [1, i32, integer(1)],
    [2, list, listOf(schema)],
    [3, i64, integer(file.rows)],
    [4, list, listOf(groups)],
    ...(file.encrypted === true ? [[8, structure, struct([[1, structure, struct([])]])] satisfies Field] : []),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(file.footerLength ?? footer.length);
  return Buffer.concat([Buffer.from('PAR1'), body, footer, length, Buffer.from('PAR1')]);
}

/** Elements that no earlier element has for a child. */
function countTop(columns: readonly ForgedColumn[]): number {
  let [top, inside] = [0, 0];
  for (const { children = 0 } of columns) {
    if (inside === 0) top += 1;
    else inside -= 1;
    inside += children;
  }
  return top;
}

function schemaElement({ name, physical = 6, repetition = 1, children, converted, logical }: ForgedColumn): Buffer {
  const fields: Field[] = [];
  if (children === undefined) fields.push([1, i32, integer(physical)]);
  fields.push([3, i32, integer(repetition)], [4, binary, text(name)]);
  if (children !== undefined) fields.push([5, i32, integer(children)]);
  if (converted !== undefined) fields.push([6, i32, integer(converted)]);
  if (logical !== undefined) fields.push([10, structure, struct([[logical, structure, struct([])]])]);
  return struct(fields);
}

function chunk({ name, physical = 6 }: ForgedColumn, { rows, chunk: given = {} }: ForgedGroup): Buffer {
  const { values = rows, uncompressed = 32, compressed = 32, offset = 4, codec = 0 } = given;
  const metadata = struct([
    [1, i32, integer(physical)],
    [2, list, Buffer.concat([Buffer.from([0x15]), integer(0)])],
    [3, list, Buffer.concat([Buffer.from([0x18]), text(name)])],
    [4, i32, integer(codec)],
    [5, i64, integer(values)],
    [6, i64, integer(uncompressed)],
    [7, i64, integer(compressed)],
    [9, i64, integer(offset)],
    ...(given.dictionaryOffset === undefined ? [] : [[11, i64, integer(given.dictionaryOffset)] satisfies Field]),
  ]);
  return struct([
    ...(given.elsewhere === true ? [[1, binary, text('/etc/passwd')] satisfies Field] : []),
    [2, i64, integer(offset)],
    [3, structure, metadata],
    ...(given.encrypted === true ? [[8, structure, struct([[1, structure, struct([])]])] satisfies Field] : []),
  ]);
}

export function struct(fields: readonly Field[]): Buffer {
  const parts: Buffer[] = [];
  let last = 0;
  for (const [id, type, bytes] of fields) {
    parts.push(id - last < 16 ? Buffer.from([((id - last) << 4) | type]) : Buffer.concat([Buffer.from([type]), integer(id)]), bytes);
    last = id;
  }
  return Buffer.concat([...parts, Buffer.from([0])]);
}

function listOf(structs: readonly Buffer[]): Buffer {
  return Buffer.concat([structs.length < 15 ? Buffer.from([(structs.length << 4) | structure]) : Buffer.concat([Buffer.from([0xf0 | structure]), varint(BigInt(structs.length))]), ...structs]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([varint(BigInt(bytes.length)), bytes]);
}

export function integer(value: number): Buffer {
  const whole = BigInt(value);
  return varint(BigInt.asUintN(64, (whole << 1n) ^ (whole >> 63n)));
}

export function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (; value > 127n; value >>= 7n) bytes.push(Number(value & 127n) | 128);
  return Buffer.from([...bytes, Number(value)]);
}
