import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import { UserError } from '../errors.ts';

const maximumEntries = 20_000;

/**
 * Extracts the application of a layer into a folder: what lies under `app/`, regular files and folders only. There a link, a device or a
 * white-out is refused, and anywhere an absolute name or one that climbs out, so nothing outside the folder can be written and nothing in
 * it can point out. The operating system of a container (Node, libraries) is passed over. The tar's size bounds what is written.
 * @throws UserError image-invalid
 */
export async function extractLayer(tar: Uint8Array, folder: string): Promise<void> {
  const archive = extract();
  let entries = 0;
  try {
    archive.end(Buffer.from(tar.buffer, tar.byteOffset, tar.byteLength));
    for await (const entry of archive) {
      const { name, type, mode } = entry.header;
      entries += 1;
      if (entries > maximumEntries) throw refuse(`has more than ${maximumEntries} entries`);
      const parts = safeParts(name);
      if (parts[0] !== 'app') {
        entry.resume();
      } else if (name.includes(':')) {
        // Elsewhere it is common: dpkg names its lists so (libc6:amd64.list).
        throw unsafe(name);
      } else if (parts.some((part) => part.startsWith('.wh.'))) {
        throw refuse(`holds the white-out ${JSON.stringify(name)}`);
      } else if (type === 'directory') {
        await mkdir(join(folder, ...parts), { recursive: true });
        entry.resume();
      } else if (type === 'file' && parts.length > 0) {
        await writeEntry(join(folder, ...parts), await buffer(entry), mode);
      } else {
        throw refuse(`holds ${JSON.stringify(name)}, of type ${type}; only files and folders are allowed under app/`);
      }
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw refuse(`cannot be extracted: ${error instanceof Error ? error.message : 'unknown reason'}`, error);
  }
}

/** A later layer's file takes the place of an earlier one's. */
async function writeEntry(path: string, body: Buffer, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  await writeFile(path, body, { flag: 'wx', mode: (mode & 0o111) === 0 ? 0o644 : 0o755 });
}

/** The segments of an entry's name. */
function safeParts(name: string): string[] {
  if (name.startsWith('/') || /[\\\u0000-\u001f]/.test(name)) throw unsafe(name);
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw unsafe(name);
  return parts;
}

function unsafe(name: string): UserError {
  return refuse(`holds the unsafe name ${JSON.stringify(name)}`);
}

function refuse(what: string, cause?: unknown): UserError {
  return new UserError('image-invalid', `the layer ${what}`, { hint: 'Deploy an image that register made.', cause });
}
