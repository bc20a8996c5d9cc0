import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface SigningKeys {
  readonly privateKey: string;
  /** Path of the public key's PEM. */
  readonly publicKeyPath: string;
}

/** The key that signs evidence. On GitHub the private half is a secret; here it is made once and kept in a folder of its own. */
export async function signingKeys(folder: string): Promise<SigningKeys> {
  const privatePath = join(folder, 'signing-key.pem');
  const publicKeyPath = join(folder, 'loop.pem');
  const known = await readFile(privatePath, 'utf8').catch(() => undefined);
  if (known !== undefined) return { privateKey: known, publicKeyPath };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const pair = generateKeyPairSync('ed25519');
  const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  await writeFile(publicKeyPath, pair.publicKey.export({ type: 'spki', format: 'pem' }));
  // The private half comes last and whole: with it the pair is complete.
  await writeFile(`${privatePath}.draft`, privateKey, { mode: 0o600 });
  await rename(`${privatePath}.draft`, privatePath);
  return { privateKey, publicKeyPath };
}
