import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../src/errors.ts';
import { fromHere } from './options.ts';

/** Whole or not at all: written beside it, then renamed. @throws UserError folder-unwritable */
export async function writeOutput(path: string, text: string): Promise<string> {
  const target = fromHere(path);
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(`${target}.partial`, text);
    await rename(`${target}.partial`, target);
  } catch (cause) {
    throw new UserError('folder-unwritable', `cannot write ${target}: ${cause instanceof Error ? cause.message : String(cause)}`, { hint: 'Name another file.', cause });
  }
  return target;
}
