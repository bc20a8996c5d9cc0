import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { countCsvRows } from './count-csv-rows.ts';
import { readSource, withSmallDatabase } from './read-source.ts';
import { writeParquet } from './small-parquet.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'taxiway-rows-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const columns = { id: 'integer', share: 'number', day: 'date', at: 'timestamp', note: 'string' } as const;

/** Right, wrong and misleading values of every type. */
const cell = fc.oneof(
  { weight: 6, arbitrary: fc.integer().map(String) },
  { weight: 3, arbitrary: fc.double({ noNaN: true }).map(String) },
  fc.constantFrom('', '1e400', 'NaN', '24:00', '2013-02-30', '2013-03-10 02:30:00', '2013-11-03 01:30:00', '2013-06-01 12:00:00', '2013-06-01', '1,000', 'a"b', 'line\nbreak', 'line\r\nbreak', ' ', '"', 'ünïcode', '9223372036854775808'),
  fc.string({ maxLength: 12 }),
);
const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const table = fc.record({
  rows: fc.array(fc.array(cell, { minLength: 5, maxLength: 5 }), { maxLength: 40 }),
  ending: fc.constantFrom('\n', '\r\n'),
  lastEnding: fc.boolean(),
});
const change = fc.record({ at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), kind: fc.constantFrom('byte', 'insert', 'remove', 'cut'), byte: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0x22, 0x2c, 0x0a, 0x0d, 0)) });

function corrupt(bytes: Buffer, { at, kind, byte }: { readonly at: number; readonly kind: string; readonly byte: number }, from: number): Buffer {
  const place = from + Math.floor(at * (bytes.length - from));
  const after = kind === 'insert' ? place : kind === 'cut' ? bytes.length : place + 1;
  return Buffer.concat([bytes.subarray(0, place), ...(kind === 'byte' || kind === 'insert' ? [Buffer.from([byte])] : []), bytes.subarray(after)]);
}

it('rows of a CSV file = rows given + rows rejected, whatever was done to the file after its header', async () => {
  await withSmallDatabase((database) => fc.assert(
    fc.asyncProperty(table, fc.array(change, { maxLength: 6 }), async ({ rows, ending, lastEnding }, changes) => {
      const header = `${Object.keys(columns).join(',')}${ending}`;
      const body = rows.map((row) => row.map(quoted).join(',')).join(ending) + (lastEnding && rows.length > 0 ? ending : '');
      let bytes: Buffer = Buffer.from(header + body);
      for (const one of changes) bytes = corrupt(bytes, one, header.length);
      await writeFile(join(folder, 'rows.csv'), bytes);
      const counted = countCsvRows(bytes);
      const reading = readSource({ type: 'csv', path: 'rows.csv', columns, 'time-zone': 'America/New_York', 'bad-rows': 'quarantine' }, folder, { database });
      if (counted === undefined) {
        await expect(reading).rejects.toMatchObject({ code: 'source-unreadable' });
        return;
      }
      const { count, rejected } = await reading;
      expect(count + rejected.length).toBe(counted);
      expect(rejected.every(({ reason, line }) => reason !== '' && line >= 2)).toBe(true);
    }),
    { numRuns: 12 },
  ));
}, 60_000);

it('a Parquet file gives all its rows or is refused, whatever was done to it', async () => {
  const rows = fc.array(fc.tuple(fc.option(fc.maxSafeInteger()), fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })), fc.option(fc.string({ maxLength: 8 }))), { minLength: 1, maxLength: 30 });
  await withSmallDatabase((database) => fc.assert(
    fc.asyncProperty(rows, fc.array(change, { maxLength: 3 }), fc.constantFrom('snappy' as const, 'uncompressed' as const, 'zstd' as const), async (values, changes, codec) => {
      const sql = (value: string | number | null): string => (value === null ? 'NULL' : typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''").replaceAll('\0', '')}'`);
      const select = `SELECT CAST(a AS BIGINT) AS a, CAST(b AS DOUBLE) AS b, CAST(c AS VARCHAR) AS c FROM (VALUES ${values.map((row) => `(${row.map(sql).join(', ')})`).join(', ')}) AS rows(a, b, c)`;
      let { bytes } = await writeParquet(database, join(folder, 'rows.parquet'), { codec, select });
      for (const one of changes) bytes = corrupt(bytes, one, 0);
      await writeFile(join(folder, 'rows.parquet'), bytes);
      try {
        expect((await readSource({ type: 'parquet', path: 'rows.parquet' }, folder, { database })).count).toBe(values.length);
      } catch (cause) {
        if (!(cause instanceof UserError)) throw cause;
        expect(changes.length).toBeGreaterThan(0);
        expect(cause.code).toBe('source-unreadable');
      }
    }),
    { numRuns: 15 },
  ));
}, 60_000);
