import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { UserError } from '../errors.ts';

/** The SHA-256 of some content, written `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = string & { readonly __brand: 'Digest' };

const pattern = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return pattern.test(text);
}

/** @throws UserError input-invalid, naming what the text was meant to be */
export function parseDigest(text: string, what: string): Digest {
  if (isDigest(text)) return text;
  throw new UserError('input-invalid', `${what} is "${text}"; a digest looks like sha256: and 64 hexadecimal digits`, {
    hint: 'Pass the digest exactly as the earlier step put it out.',
  });
}

export function digestOf(content: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(content).digest('hex')}` as Digest;
}

export async function digestOfFile(path: string): Promise<Digest> {
  const hash = createHash('sha256');
  const file = await open(path, 'r');
  try {
    // One buffer for all reads: a stream makes one each, and clearing those away takes longer than hashing.
    const buffer = Buffer.allocUnsafe(1024 * 1024);
    for (let { bytesRead } = await file.read(buffer); bytesRead > 0; { bytesRead } = await file.read(buffer)) hash.update(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
  return `sha256:${hash.digest('hex')}` as Digest;
}

/** The 64 hexadecimal digits alone, as store keys use them. */
export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

/** The first twelve digits: enough for people. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}
