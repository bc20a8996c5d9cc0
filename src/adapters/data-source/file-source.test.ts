import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../artifacts/digest.ts';
import type { SourceWindow } from '../../ports/data-source.ts';
import { silentLogger } from '../../ports/logger.ts';
import { type FileFormat, fileSource } from './file-source.ts';

let root = '';
let window: SourceWindow;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'file-source-'));
  const to = Date.parse('2013-03-08T00:00:00Z');
  window = { root, from: Date.parse('2013-03-01T00:00:00Z'), to, asOf: to, workDirectory: join(root, '.work') };
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function write(name: string, text = name): Promise<void> {
  await mkdir(dirname(join(root, name)), { recursive: true });
  await writeFile(join(root, name), text);
}

/** Shows what it was given. */
const format: FileFormat = {
  name: 'csv',
  inspect: ({ name }) => Promise.resolve(name.includes('bad') ? { fault: 'is bad', hint: 'Make it good.' } : undefined),
  relation: (paths, source, hive) => `${source}: ${paths.map((path) => path.slice(root.length + 1)).join(' ')} (${hive})`,
};

describe('fileSource', () => {
  it('gives the files in the order of their names, each with its digest, together and one by one', async () => {
    await write('b.csv');
    await write('a.csv');
    const found = await fileSource(format, { path: '*.csv' }, { name: 'log' }).resolve(window);
    expect(found.files).toEqual(['a.csv', 'b.csv'].map((name) => ({ name, digest: digestOf(name), size: 5 })));
    expect(found.relation).toBe('log: a.csv b.csv (hive_partitioning = false)');
    expect(found.parts?.map(({ relation }) => relation)).toEqual(['log: a.csv (hive_partitioning = false)', 'log: b.csv (hive_partitioning = false)']);
    expect([found.prepare, found.rejected]).toEqual([undefined, undefined]);
  });

  it('passes on what the format prepares and rejects', async () => {
    await write('a.csv');
    const rejecting: FileFormat = { ...format, prepare: (paths, source) => [`make ${source} of ${paths.length}`], rejected: (source) => `${source}_rejected` };
    expect(await fileSource(rejecting, { path: 'a.csv' }, { name: 'log' }).resolve(window)).toMatchObject({ prepare: ['make log of 1'], rejected: 'log_rejected' });
  });

  it('reads only files whose folders may hold days of the window', async () => {
    for (const month of ['02', '03', '04']) await write(`year=2013/month=${month}/a.csv`);
    const found = await fileSource(format, { path: '**/*.csv', partitions: ['year', 'month'] }, { name: 'log' }).resolve(window);
    expect(found.files.map(({ name }) => name)).toEqual(['year=2013/month=02/a.csv', 'year=2013/month=03/a.csv']);
    expect(found.relation).toContain("{'month': BIGINT, 'year': BIGINT}");
  });

  it('says what is missing, and where it looked', async () => {
    await write('year=2012/a.csv');
    await expect(fileSource(format, { path: 'b*.csv' }, { name: 'log' }).resolve(window)).rejects.toMatchObject({ code: 'source-missing', message: `no file matches b*.csv under file://${root}` });
    await expect(fileSource(format, { path: '*/*.csv', partitions: ['year'] }, { name: 'log' }).resolve(window)).rejects.toMatchObject({
      code: 'source-nothing-in-window',
      message: expect.stringContaining('1 file matches */*.csv') as unknown,
    });
  });

  it('names the file that the format finds at fault, and how to mend it', async () => {
    await write('bad.csv');
    await expect(fileSource(format, { path: '*.csv' }, { name: 'log' }).resolve(window)).rejects.toMatchObject({ code: 'source-unreadable', message: `bad.csv under file://${root} is bad`, hint: 'Make it good.' });
  });

  it('says how far it is', async () => {
    for (const name of ['a.csv', 'b.csv', 'c.csv']) await write(name);
    const seen: unknown[] = [];
    const logger = { ...silentLogger, progress: (...progress: unknown[]) => seen.push(progress) };
    await fileSource(format, { path: '*.csv' }, { name: 'log', logger }).resolve(window);
    expect(seen).toEqual([1, 2, 3].map((done) => ['files of log', done, 3]));
  });
});
