import { gzipSync } from 'node:zlib';
import { type Field, forgeParquet, integer, struct, varint } from './forge-parquet.ts';

const [i32, structure] = [5, 12];
const [gzip, dictionaryPage, dataPage, plain, runLength, dictionaryIndexes] = [2, 2, 0, 0, 3, 8];

/** A whole Parquet file of a column of text that repeats one value: a page with the value, and a page that says how often (parquet-format, Encodings). */
export function dictionaryBomb({ length, rows }: { readonly length: number; readonly rows: number }): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(length);
  const dictionary = page(dictionaryPage, Buffer.concat([size, Buffer.alloc(length, 'x')]), [7, structure, struct([[1, i32, integer(1)], [2, i32, integer(plain)]])]);
  // Indexes of one bit: a run of `rows` times the first value.
  const indexes = Buffer.concat([Buffer.from([1]), varint(BigInt(rows) << 1n), Buffer.from([0])]);
  const levels = [1, 2, 3, 4].map((id): Field => [id, i32, integer(id === 1 ? rows : id === 2 ? dictionaryIndexes : runLength)]);
  const data = page(dataPage, indexes, [5, structure, struct(levels)]);
  const body = Buffer.concat([dictionary.bytes, data.bytes]);
  return forgeParquet({
    columns: [{ name: 'a', repetition: 0, converted: 0 }],
    rows,
    groups: [{ rows, chunk: { codec: gzip, uncompressed: dictionary.uncompressed + data.uncompressed, compressed: body.length, offset: 4 + dictionary.bytes.length, dictionaryOffset: 4 } }],
    body,
  });
}

function page(type: number, content: Buffer, header: Field): { readonly bytes: Buffer; readonly uncompressed: number } {
  const packed = gzipSync(content);
  const head = struct([[1, i32, integer(type)], [2, i32, integer(content.length)], [3, i32, integer(packed.length)], header]);
  return { bytes: Buffer.concat([head, packed]), uncompressed: head.length + content.length };
}
