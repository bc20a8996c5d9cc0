import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CorpusFile, Read, Refused } from './corpus-file.ts';
import type { HostileSource } from './read-source.ts';
import { smallParquet } from './small-parquet.ts';

const run = promisify(execFile);

function entry(name: string, path: string, { make, outcome, type = 'csv' }: { make: CorpusFile['make']; outcome: Refused | Read; type?: 'csv' | 'parquet' }): CorpusFile {
  const source: HostileSource = type === 'csv' ? { type, path, 'bad-rows': 'quarantine' } : { type, path };
  return { name: `folder: ${name}`, source, make, outcome };
}

const noFile: Refused = { code: 'source-unreadable', says: /is no file/ };
const leadsOut: Refused = { code: 'source-unreadable', says: /is a link that leads out of the data root/ };
const missing: Refused = { code: 'source-missing', says: /no file matches/ };
const twoRows: Read = { rows: 1, rejected: [[3, /has 1 fields/]] };

/** What a data root may hold besides files, and names that mean something to globs, shells or SQL. */
export const folderCorpus: readonly CorpusFile[] = [
  entry('a folder', 'folder.csv', { make: (root) => mkdir(join(root, 'folder.csv')), outcome: noFile }),
  entry('a named pipe', 'pipe.csv', { make: (root) => run('mkfifo', [join(root, 'pipe.csv')]), outcome: noFile }),
  entry('a link to a device', 'zero.csv', { make: (root) => symlink('/dev/zero', join(root, 'zero.csv')), outcome: leadsOut }),
  entry('a link out of the root', 'link.csv', { make: (root) => symlink('/etc/passwd', join(root, 'link.csv')), outcome: leadsOut }),
  entry('a link to a folder above', 'up/etc/passwd', { make: (root) => symlink('/', join(root, 'up')), outcome: leadsOut }),
  entry('a link to itself', 'self.csv', { make: (root) => symlink('self.csv', join(root, 'self.csv')), outcome: { code: 'source-unreadable', says: /is a link to itself/ } }),
  entry('a link to nothing', 'nothing.csv', { make: (root) => symlink('gone.csv', join(root, 'nothing.csv')), outcome: missing }),
  entry('a path that climbs out', '../outside.csv', { make: () => Promise.resolve(), outcome: { code: 'input-invalid', says: /inside the data root/ } }),
  ...["it's.csv", 'say "hi".csv', 'line\nbreak.csv', '; DROP TABLE rows; --.csv', 'ünïcode 飛行.csv', '$(touch x).csv'].map((path) =>
    entry(`the name ${JSON.stringify(path)}`, path, { make: (root) => writeFile(join(root, path), 'a,b\n1,2\n3\n'), outcome: twoRows })),
  // DuckDB would read the second of the two folders as well, took it the first for a glob.
  entry('a Parquet file named like a glob', 'p*/[[]x].parquet', {
    type: 'parquet',
    make: async (root) => {
      await mkdir(join(root, 'p*'), { recursive: true });
      await smallParquet(join(root, 'p*', '[x].parquet'), 'snappy');
      await mkdir(join(root, 'p1'), { recursive: true });
      await smallParquet(join(root, 'p1', 'x.parquet'), 'snappy');
    },
    outcome: { rows: 300, rejected: [] },
  }),
];
