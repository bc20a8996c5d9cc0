import { readFile, rm } from 'node:fs/promises';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DataFolder } from '../../src/adapters/data-folder/data-folder.ts';
import { digestOf } from '../../src/artifacts/digest.ts';

export interface DataFolderUnderTest {
  /** A folder with these files: name to text. */
  open(files: Readonly<Record<string, string>>, workDirectory: string): Promise<DataFolder>;
  /** Writes a file of the folder that was opened last. */
  write(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
  close(): Promise<void>;
}

const files = {
  'flights.parquet': 'f',
  'flights-2.parquet': 'f2',
  'Flights.parquet': 'capital',
  'logs/2013-01.csv': 'january',
  'logs/2013-02.csv': 'february',
  'logs/2013-02.csv.bak': 'old',
  'logs/deep/2013-03.csv': 'march',
  'year=2013/month=01/a.parquet': 'a',
  'year=2013/month=01/b.parquet': 'b',
  'year=2013/month=12/a.parquet': 'c',
  'year=2014/month=01/a.parquet': 'd',
  '.hidden/x.csv': 'hidden',
  'logs/.hidden.csv': 'hidden',
  'odd/a b+c.csv': 'blank',
  'odd/ä.csv': 'umlaut',
  "odd/it's.csv": 'quote',
  'empty.csv': '',
};

const patterns: readonly (readonly [string, readonly string[]])[] = [
  ['flights.parquet', ['flights.parquet']],
  ['./flights.parquet', ['flights.parquet']],
  ['flights*.parquet', ['flights-2.parquet', 'flights.parquet']],
  ['logs/*.csv', ['logs/2013-01.csv', 'logs/2013-02.csv']],
  ['logs/**/*.csv', ['logs/2013-01.csv', 'logs/2013-02.csv', 'logs/deep/2013-03.csv']],
  ['logs/2013-0?.csv', ['logs/2013-01.csv', 'logs/2013-02.csv']],
  ['logs/2013-0[2-9].csv', ['logs/2013-02.csv']],
  ['logs/2013-0[!1].csv', ['logs/2013-02.csv']],
  ['{logs,odd}/*[0-9b]*.csv', ['logs/2013-01.csv', 'logs/2013-02.csv', 'odd/a b+c.csv']],
  ['{logs/deep,odd}/2*.csv', ['logs/deep/2013-03.csv']],
  ['year=*/month=*/*.parquet', ['year=2013/month=01/a.parquet', 'year=2013/month=01/b.parquet', 'year=2013/month=12/a.parquet', 'year=2014/month=01/a.parquet']],
  ['year=2013/**', ['year=2013/month=01/a.parquet', 'year=2013/month=01/b.parquet', 'year=2013/month=12/a.parquet']],
  ['**/month=01/a.parquet', ['year=2013/month=01/a.parquet', 'year=2014/month=01/a.parquet']],
  ['odd/*', ['odd/a b+c.csv', "odd/it's.csv", 'odd/ä.csv']],
  ['logs/.*.csv', ['logs/.hidden.csv']],
  ['*/x.csv', []],
  ['logs', []],
  ['nothing/*', []],
  ['flights.parquet/*', []],
  ['empty.csv', ['empty.csv']],
];

/** What every data folder promises: the same pattern chooses the same files, wherever they lie. */
export function dataFolderContract(name: string, subject: DataFolderUnderTest): void {
  describe(`data folder contract: ${name}`, () => {
    let workDirectory = '';
    beforeEach(async () => {
      workDirectory = await mkdtemp(join(tmpdir(), 'data-folder-'));
    });
    afterEach(async () => {
      await subject.close();
      await rm(workDirectory, { recursive: true, force: true });
    });

    it('chooses the files that match, sorted by code unit', async () => {
      const folder = await subject.open(files, workDirectory);
      for (const [pattern, expected] of patterns) {
        // A folder that is named outright is an error only where folders exist.
        const found = await folder.list(pattern).catch((error: unknown) => {
          if (pattern === 'logs') return [];
          throw error;
        });
        expect([pattern, found.map((file) => file.name)]).toEqual([pattern, expected]);
      }
    });

    it('gives the bytes, their size and their digest, and keeps partition folders in the path', async () => {
      const folder = await subject.open(files, workDirectory);
      for (const file of await folder.list('{odd,year=2013/**,logs}/*')) {
        const fetched = await folder.fetch(file.name);
        const text = files[file.name as keyof typeof files];
        expect(await readFile(fetched.path, 'utf8')).toBe(text);
        expect(fetched).toMatchObject({ digest: digestOf(text), size: Buffer.byteLength(text) });
        expect(file.size).toBe(fetched.size);
        expect(fetched.path.endsWith(`/${file.name}`)).toBe(true);
      }
    });

    it('gives an empty file', async () => {
      const folder = await subject.open({ 'empty.csv': '' }, workDirectory);
      await folder.list('empty.csv');
      const { path, size } = await folder.fetch('empty.csv');
      expect([await readFile(path, 'utf8'), size]).toEqual(['', 0]);
    });

    it('says so where a file is gone since it was listed', async () => {
      const folder = await subject.open({ 'a.csv': 'x' }, workDirectory);
      await folder.list('a.csv');
      await subject.remove('a.csv');
      await expect(folder.fetch('a.csv')).rejects.toMatchObject({ code: 'source-missing' });
    });

    it.each(['/etc/passwd', '../x', 'a/../../x', 'a/..', '{a,b}/../x', 'a//b', 'a\\b', 'C:/x', '', '.', 'a/'])('refuses %j as a pattern', async (pattern) => {
      const folder = await subject.open({ 'a.csv': 'x' }, workDirectory);
      await expect(folder.list(pattern)).rejects.toMatchObject({ code: 'input-invalid' });
    });
  });
}
