import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { keyIdOf, type TrustedKey } from './evidence.ts';

/** The public keys (*.pem) in `<pipeline folder>/trusted-keys`, sorted by file name. No folder: no trusted key. @throws UserError signing-key-invalid */
export async function readTrustedKeys(pipelineFolder: string): Promise<TrustedKey[]> {
  const folder = join(pipelineFolder, 'trusted-keys');
  const names = await readdir(folder).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw cause;
  });
  const pems = names.filter((name) => name.endsWith('.pem')).sort();
  return Promise.all(
    pems.map(async (name) => {
      const publicKeyPem = await readFile(join(folder, name), 'utf8');
      return { keyId: named(join(folder, name), () => keyIdOf(publicKeyPem)), publicKeyPem };
    }),
  );
}

/** A reader of keys knows their bytes, not the file they came from. */
function named(path: string, read: () => string): string {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    throw new UserError(cause.code, `${path}: ${cause.message}`, { hint: 'Put the public key there as PEM: openssl pkey -in signing-key.pem -pubout.', cause });
  }
}
