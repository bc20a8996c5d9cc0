import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { CorpusFile, Read, Refused } from './corpus-file.ts';
import { dictionaryBomb } from './dictionary-bomb.ts';
import { forgeParquet } from './forge-parquet.ts';
import { smallParquet, smallRows } from './small-parquet.ts';

type Content = Buffer | (() => Buffer) | ((path: string) => Promise<Buffer>);

function parquet(name: string, content: Content, says: RegExp | Read): CorpusFile {
  const path = `${name.replaceAll(/[^a-z0-9]+/gi, '-')}.parquet`;
  const outcome: Refused | Read = says instanceof RegExp ? { code: 'source-unreadable', says } : says;
  return { name: `parquet: ${name}`, source: { type: 'parquet', path }, outcome, make: async (root) => writeFile(join(root, path), Buffer.isBuffer(content) ? content : await content(join(root, path))) };
}

let written: Promise<{ readonly bytes: Buffer }> | undefined;
/** A copy each time, written once. */
const whole = async (path: string): Promise<Buffer> => Buffer.from((await (written ??= smallParquet(path, 'snappy'))).bytes);
const cut = (share: number) => async (path: string) => {
  const bytes = await whole(path);
  return bytes.subarray(0, Math.floor(share * bytes.length));
};
const changed = (change: (bytes: Buffer) => void) => async (path: string) => {
  const bytes = await whole(path);
  change(bytes);
  return bytes;
};
const footerBegins = (bytes: Buffer): number => bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8);
const columns = [{ name: 'a' }, { name: 'b', physical: 2 }];

export const parquetCorpus: readonly CorpusFile[] = [
  parquet('whole file', whole, { rows: 300, rejected: [] }),
  parquet('no row', (path) => smallParquet(path, 'snappy', `${smallRows} WHERE i < 0`).then(({ bytes }) => bytes), { rows: 0, rejected: [] }),
  parquet('empty file', Buffer.alloc(0), /is empty/),
  parquet('magic alone', Buffer.from('PAR1PAR1'), /is 8 bytes long/),
  ...[0.05, 0.25, 0.5, 0.75, 0.95, 0.999].map((share) => parquet(`cut at ${share}`, cut(share), /is cut short|no Parquet file is that short/)),
  parquet('cut in the middle', async (path) => {
    const bytes = await whole(path);
    return Buffer.concat([bytes.subarray(0, 500), bytes.subarray(1500)]);
  }, /is damaged|Invalid|outside the file/),
  parquet('wrong magic in front', changed((bytes) => bytes.write('PARQ', 0)), /does not begin with PAR1/),
  parquet('wrong magic at the end', changed((bytes) => bytes.write('PARQ', bytes.length - 4)), /is cut short/),
  parquet('encrypted footer', changed((bytes) => bytes.write('PARE', bytes.length - 4)), /encrypted footer/),
  parquet('footer longer than the file', changed((bytes) => bytes.writeUInt32LE(0xffff_fff0, bytes.length - 8)), /its footer would be 4294967280 bytes long/),
  parquet('footer of no length', changed((bytes) => bytes.writeUInt32LE(0, bytes.length - 8)), /is damaged: its footer ends early/),
  parquet('footer shorter than it is', changed((bytes) => bytes.writeUInt32LE(bytes.readUInt32LE(bytes.length - 8) - 100, bytes.length - 8)), /is damaged/),
  parquet('footer of noise', changed((bytes) => bytes.fill(0xa5, footerBegins(bytes), bytes.length - 8)), /is damaged/),
  parquet('footer of 40 MB', () => Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(40_000_000), Buffer.from([0, 0x5a, 0x62, 0x02]), Buffer.from('PAR1')]), /has a footer of 40000000 bytes; at most 33554432/),
  parquet('pages of noise', changed((bytes) => bytes.fill(0xa5, 4, footerBegins(bytes))), /pages-of-noise\.parquet/),
  parquet('pages of zeros', changed((bytes) => bytes.fill(0, 4, footerBegins(bytes))), /pages-of-zeros\.parquet/),
  parquet('petabytes declared', forgeParquet({ columns, rows: 1000, groups: [{ rows: 1000, chunk: { uncompressed: 2 ** 50 } }] }), /declares \d+ bytes uncompressed/),
  parquet('a ratio beyond belief', forgeParquet({ columns, rows: 1000, groups: [{ rows: 1000, chunk: { uncompressed: 2 ** 35 } }] }), /1000 times its size/),
  parquet('trillions of rows declared', forgeParquet({ columns, rows: 4e15, groups: [{ rows: 4e15 }] }), /declares 4000000000000000 rows/),
  parquet('a run of a billion equal values', forgeParquet({ columns, rows: 2e9, groups: [{ rows: 2e9 }] }), /declares 4000000000 values in \d+ bytes/),
  parquet('a text of a megabyte, a million times', () => dictionaryBomb({ length: 1_000_000, rows: 1_000_000 }), /unpacks to 1000000000000 bytes of text in \d+ bytes; at most 1073741824 are read/),
  parquet('a text of ten bytes, a million times', () => dictionaryBomb({ length: 10, rows: 1_000_000 }), { rows: 1_000_000, rejected: [] }),
  parquet('rows declared in sum', forgeParquet({ columns, rows: 10, groups: Array.from({ length: 2000 }, () => ({ rows: 2e9 })) }), /declares 4000000000000 rows/),
  parquet('negative rows', forgeParquet({ columns, rows: -5, groups: [{ rows: -5 }] }), /is damaged: it declares -5 rows/),
  parquet('rows that do not add up', forgeParquet({ columns, rows: 10, groups: [{ rows: 4 }] }), /declares 10 rows, its row groups 4/),
  parquet('values that do not add up', forgeParquet({ columns, rows: 10, groups: [{ rows: 10, chunk: { values: 4 } }] }), /declares 10 rows and 4 values of column a/),
  parquet('column outside the file', forgeParquet({ columns, rows: 10, groups: [{ rows: 10, chunk: { offset: 1_000_000 } }] }), /has column a outside the file/),
  parquet('column before the file', forgeParquet({ columns, rows: 10, groups: [{ rows: 10, chunk: { offset: -8 } }] }), /has column a outside the file/),
  parquet('column in another file', forgeParquet({ columns, rows: 10, groups: [{ rows: 10, chunk: { elsewhere: true } }] }), /keeps column a in another file/),
  parquet('unknown compression', forgeParquet({ columns, rows: 10, groups: [{ rows: 10, chunk: { codec: 42 } }] }), /in a way that there is not/),
  parquet('encrypted column', forgeParquet({ columns, rows: 10, groups: [{ rows: 10, chunk: { encrypted: true } }] }), /has an encrypted column, a/),
  parquet('encrypted columns under a plain footer', forgeParquet({ columns, rows: 0, groups: [], encrypted: true }), /has encrypted columns/),
  parquet('100,000 columns', () => forgeParquet({ columns: Array.from({ length: 100_000 }, (_, index) => ({ name: `c${index}` })), rows: 1, groups: [{ rows: 1 }] }), /has 100000 columns; at most 4096/),
  parquet('columns of one name', forgeParquet({ columns: [{ name: 'a' }, { name: 'A' }], rows: 0, groups: [] }), /columns a and A, which SQL cannot tell apart/),
  parquet('no column', forgeParquet({ columns: [], rows: 5, groups: [{ rows: 5 }] }), /is damaged: its schema declares 0 columns/),
  parquet('nested column', forgeParquet({ columns: [{ name: 'outer', children: 1 }, { name: 'inner' }], rows: 0, groups: [] }), /has a nested column, outer/),
  parquet('repeated column', forgeParquet({ columns: [{ name: 'many', repetition: 2 }], rows: 0, groups: [] }), /has a nested column, many/),
  parquet('list written by a library', (path) => smallParquet(path, 'snappy', 'SELECT [1, 2] AS list, 3 AS three').then(({ bytes }) => bytes), /has a nested column, list/),
  parquet('geometry', forgeParquet({ columns: [{ name: 'shape', logical: 17 }], rows: 0, groups: [] }), /shape of type GEOMETRY/),
  parquet('a type of the future', forgeParquet({ columns: [{ name: 'x', logical: 99 }], rows: 0, groups: [] }), /x of type number 99/),
  parquet('interval', forgeParquet({ columns: [{ name: 'x', converted: 21 }], rows: 0, groups: [] }), /x of type INTERVAL/),
  parquet('no such physical type', forgeParquet({ columns: [{ name: 'x', physical: 77 }], rows: 0, groups: [] }), /x has no type that there is/),
  parquet('CSV as Parquet', Buffer.from('a,b\n1,2\n3,4\n5,6\n'), /does not begin with PAR1/),
  parquet('HTML page', Buffer.from('<html><body>403 Forbidden</body></html>'), /is an HTML page/),
  parquet('gzip', () => gzipSync('PAR1'), /is compressed by gzip/),
  parquet('JSON', Buffer.from('[{"a": 1}]\n'), /is JSON/),
];
