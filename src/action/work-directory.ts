import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const signals = { SIGINT: 130, SIGTERM: 143 } as const;

/** Gives the work an empty folder and removes it afterwards, also when the runner cancels the job. */
export async function inWorkDirectory<T>(step: string, work: (folder: string) => Promise<T>): Promise<T> {
  const parent = process.env['RUNNER_TEMP'] ?? tmpdir();
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, `taxiway-${step}-`));
  const stop = (signal: keyof typeof signals): void => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(signals[signal]);
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    return await work(folder);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await rm(folder, { recursive: true, force: true });
  }
}
