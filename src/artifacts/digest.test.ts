import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf, digestOfFile, hexOf, isDigest, parseDigest, shortDigest } from './digest.ts';

// FIPS 180-4, the example "abc".
const abc = 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

describe('digests', () => {
  it('are the SHA-256 of the content, from memory and from a file', async () => {
    expect(digestOf('abc')).toBe(abc);
    expect(digestOf(Buffer.from('abc'))).toBe(abc);
    const folder = await mkdtemp(join(tmpdir(), 'digest-'));
    await writeFile(join(folder, 'abc'), 'abc');
    expect(await digestOfFile(join(folder, 'abc'))).toBe(abc);
    await rm(folder, { recursive: true });
  });

  it('are written in one way only', () => {
    expect(isDigest(abc)).toBe(true);
    for (const text of [abc.toUpperCase(), abc.slice(1), `${abc}0`, abc.slice('sha256:'.length), `${abc}\n`, '']) expect(isDigest(text)).toBe(false);
    expect(hexOf(digestOf('abc'))).toHaveLength(64);
    expect(shortDigest(abc)).toBe('ba7816bf8f01');
  });

  it('say what was meant to be one', () => {
    expect(() => parseDigest('latest', 'the input candidate')).toThrow('the input candidate is "latest"');
  });
});
