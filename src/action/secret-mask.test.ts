import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SecretMask } from './secret-mask.ts';

const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const secretLine = pem.split('\n')[1] ?? '';

function maskOf(secret: string): SecretMask {
  const mask = new SecretMask();
  mask.add(secret);
  return mask;
}

describe('SecretMask', () => {
  it('removes the whole secret and each of its lines', () => {
    expect(maskOf(pem).redact(`before ${pem} after`)).toBe('before *** after');
    expect(maskOf(pem).redact(`key=${secretLine};`)).toBe('key=***;');
  });

  it('leaves the frame that every PEM has in common', () => {
    expect(maskOf(pem).redact('-----BEGIN PRIVATE KEY-----')).toBe('-----BEGIN PRIVATE KEY-----');
  });

  it('removes hexadecimal, URI-escaped and JSON-escaped forms', () => {
    const secret = 'pa ss/w"ord\nsecond-line';
    const mask = maskOf(secret);
    for (const form of [Buffer.from(secret).toString('hex'), encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
      expect(mask.redact(`<${form}>`)).toBe('<***>');
    }
  });

  it('finds the secret in the base64 of any text around it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 12, maxLength: 40, unit: 'grapheme-ascii' }), fc.string(), fc.string(), (secret, before, after) => {
        fc.pre(secret.trim().length >= 12);
        for (const encoding of ['base64', 'base64url'] as const) {
          const encoded = Buffer.from(before + secret + after).toString(encoding);
          expect(maskOf(secret).redact(encoded)).toContain('***');
        }
      }),
    );
  });

  it('does not blot out text for the sake of very short pieces', () => {
    expect(maskOf('ab').redact('about')).toBe('about');
  });
});
