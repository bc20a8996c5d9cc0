import { execFile } from 'node:child_process';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CorpusModel } from './corpus-model.ts';
import { weightBytes } from './forge-model.ts';
import { graphCorpus } from './graph-corpus.ts';
import { canaries, outsideCorpus } from './outside-corpus.ts';
import { wireCorpus } from './wire-corpus.ts';

export const corpus: readonly CorpusModel[] = [...outsideCorpus, ...wireCorpus, ...graphCorpus];

export function pathOf(folder: string, index: number): string {
  return join(folder, `${String(index).padStart(3, '0')}.onnx`);
}

/** Writes every model, and the files that some of them would like to read. A process that shall be measured only opens them. */
export async function makeCorpus(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, canaries.relative), weightBytes);
  await symlink(canaries.relative, join(folder, canaries.link));
  await promisify(execFile)('mkfifo', [join(folder, canaries.pipe)]);
  for (const [index, { make }] of corpus.entries()) await writeFile(pathOf(folder, index), make(folder));
}
