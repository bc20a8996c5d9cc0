import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CorpusFile } from './corpus-file.ts';
import { csvCorpus } from './csv-corpus.ts';
import { folderCorpus } from './folder-corpus.ts';
import { parquetCorpus } from './parquet-corpus.ts';

export const corpus: readonly CorpusFile[] = [...csvCorpus, ...parquetCorpus, ...folderCorpus];

/** Each in a data root of its own, so that no glob meets another's files. */
export function rootOf(folder: string, index: number): string {
  return join(folder, String(index).padStart(3, '0'));
}

/** Makes every file. A process that shall be measured only reads them. */
export async function makeCorpus(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const [index, file] of corpus.entries()) {
    await mkdir(rootOf(folder, index), { recursive: true });
    await file.make(rootOf(folder, index));
  }
}
