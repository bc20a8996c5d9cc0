import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../artifacts/digest.ts';
import { type Evidence, type EvidenceStatement, keyIdOf, signEvidence, verifyEvidence } from './evidence.ts';

function keyPair(): { privateKeyPem: string; trusted: { keyId: string; publicKeyPem: string } } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), trusted: { keyId: keyIdOf(publicKeyPem), publicKeyPem } };
}

const expected = {
  evaluation: digestOf('evaluation'),
  candidate: digestOf('candidate'),
  model: digestOf('model'),
  dataset: digestOf('dataset'),
  pipeline: digestOf('pipeline'),
  code: digestOf('code'),
};
const statement: EvidenceStatement = { schema: 'taxiway/evidence/v1', ...expected, outcome: 'pass', championVersion: 1 };
const { privateKeyPem, trusted } = keyPair();
const evidence = signEvidence(statement, privateKeyPem);

describe('evidence', () => {
  test('signed by a trusted key for exactly these digests is verified, also after a round trip through JSON', () => {
    expect(verifyEvidence(JSON.parse(JSON.stringify(evidence)), [trusted], expected)).toEqual({ kind: 'verified', statement });
  });

  test('the same statement and key give the same bytes', () => {
    expect(signEvidence({ ...statement }, privateKeyPem)).toEqual(evidence);
  });

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'missing'],
    ['an empty object', {}, 'malformed'],
    ['an extra member', { ...evidence, note: 'trust me' }, 'malformed'],
    ['no signature', signEvidence(statement, undefined), 'unsigned'],
    ['a stranger’s signature', signEvidence(statement, keyPair().privateKeyPem), 'untrusted-key'],
    ['a changed outcome', { ...signEvidence({ ...statement, outcome: 'fail' }, privateKeyPem), statement }, 'bad-signature'],
    ['a cut signature', { ...evidence, signature: (evidence.signature ?? '').slice(0, 20) }, 'bad-signature'],
    ['a failed gate', signEvidence({ ...statement, outcome: 'fail' }, privateKeyPem), 'not-passed'],
    ['an inconclusive gate', signEvidence({ ...statement, outcome: 'inconclusive' }, privateKeyPem), 'not-passed'],
  ])('%s is refused', (_name, given, reason) => {
    expect(verifyEvidence(given, [trusted], expected)).toMatchObject({ kind: 'refused', reason });
  });

  test.each(Object.keys(expected) as (keyof typeof expected)[])('evidence swapped from another %s is refused', (role) => {
    const swapped: Evidence = signEvidence({ ...statement, [role]: digestOf('another') }, privateKeyPem);
    expect(verifyEvidence(swapped, [trusted], expected)).toMatchObject({ kind: 'refused', reason: 'mismatch' });
  });

  test('of another release says so, and how to go on', () => {
    const other = signEvidence({ ...statement, code: digestOf('another release') }, privateKeyPem);
    expect(verifyEvidence(other, [trusted], expected)).toMatchObject({
      reason: 'mismatch',
      message: `the gate was run by another release of Taxiway: its code is ${digestOf('another release')}, not ${expected.code}`,
      remedy: expect.stringContaining('Run evaluate-gate again with the release'),
    });
  });

  test('that does not say which code judged is refused, whoever signed it', () => {
    const { code: _, ...old } = statement;
    expect(verifyEvidence(signEvidence(old as EvidenceStatement, privateKeyPem), [trusted], expected)).toMatchObject({
      reason: 'malformed',
      message: 'the evidence is malformed: statement.code is missing or not what it must be',
      remedy: expect.stringContaining('Run evaluate-gate again'),
    });
  });

  test('a trusted entry whose name and key disagree trusts nobody', () => {
    const impostor = { keyId: trusted.keyId, publicKeyPem: keyPair().trusted.publicKeyPem };
    expect(verifyEvidence(evidence, [impostor], expected)).toMatchObject({ reason: 'untrusted-key' });
  });

  test('a key that is no ed25519 key is a user error', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(() => signEvidence(statement, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())).toThrow(/only ed25519/);
  });
});
