import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogSink } from './log-sink.ts';

/** Writes under a name that readers skip (it starts with a dot) and renames when complete. */
export function folderSink(folder: string): LogSink {
  return {
    write: async (day, name, chunks) => {
      const directory = join(folder, day);
      const temporary = join(directory, `.${name}.partial`);
      await mkdir(directory, { recursive: true });
      try {
        const file = await open(temporary, 'w');
        try {
          await file.writeFile(chunks);
        } finally {
          await file.close();
        }
        await rename(temporary, join(directory, name));
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => undefined);
        throw error;
      }
    },
  };
}
