import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource, ResolvedSource } from '../../src/ports/data-source.ts';

/** Resolves a source for a window of days and hands what it found to `use`, while its files are there. */
export async function withResolved<Result>(
  source: DataSource,
  { from, to, asOf = '2030-01-01' }: { from: string; to: string; asOf?: string },
  use: (resolved: ResolvedSource) => Promise<Result>,
): Promise<Result> {
  const workDirectory = await mkdtemp(join(tmpdir(), 'taxiway-source-'));
  try {
    return await use(await source.resolve({ root: '.', from: Date.parse(from), to: Date.parse(to), asOf: Date.parse(asOf), workDirectory }));
  } finally {
    await rm(workDirectory, { recursive: true, force: true });
  }
}
