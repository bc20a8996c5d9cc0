import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseChallenges } from './challenge.ts';
import { findRegistryCredentials } from './registry-credentials.ts';
import { parseRepository } from './registry-place.ts';

let home = '';
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'credentials-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function dockerConfig(text: string): Promise<void> {
  await mkdir(join(home, '.docker'));
  await writeFile(join(home, '.docker', 'config.json'), text);
}

const auth = Buffer.from('user:pass:word').toString('base64');

describe('credentials of a registry', () => {
  it('are those of the variables, else those of docker login, else none', async () => {
    expect(await findRegistryCredentials('reg.example:5000', { environment: {}, home })).toBeUndefined();
    await dockerConfig(JSON.stringify({ auths: { 'https://reg.example:5000': { auth }, other: { auth: 'eA==' } }, credsStore: 'desktop' }));
    expect(await findRegistryCredentials('reg.example:5000', { environment: {}, home })).toEqual({ username: 'user', password: 'pass:word' });
    expect(await findRegistryCredentials('another.example', { environment: {}, home })).toBeUndefined();
    const environment = { IMAGE_REGISTRY_USERNAME: 'ci', IMAGE_REGISTRY_PASSWORD: 'secret' };
    expect(await findRegistryCredentials('reg.example:5000', { environment, home })).toEqual({ username: 'ci', password: 'secret' });
  });

  it('are not taken where only half is set', async () => {
    await expect(findRegistryCredentials('reg.example', { environment: { IMAGE_REGISTRY_USERNAME: 'ci' }, home })).rejects.toMatchObject({ code: 'input-invalid' });
  });

  it.each(['{"auths":{"reg.example":{"auth":"c2VjcmV0"}}}', '{"auths": secret', '{"auths":["secret"]}'])('that cannot be read are never shown: %s', async (text) => {
    await dockerConfig(text);
    const error: unknown = await findRegistryCredentials('reg.example', { environment: {}, home }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'input-invalid', message: expect.not.stringMatching(/secret|c2VjcmV0/) });
    expect(error).not.toHaveProperty('cause');
  });
});

describe('what a registry asks for', () => {
  it.each([
    ['Basic realm="a, b"', [{ scheme: 'basic', parameters: { realm: 'a, b' } }]],
    ['Bearer realm="https://t/x",service=reg, scope="a:b:pull,push"', [{ scheme: 'bearer', parameters: { realm: 'https://t/x', service: 'reg', scope: 'a:b:pull,push' } }]],
    ['Negotiate, Basic realm="x\\"y"', [{ scheme: 'basic', parameters: { realm: 'x"y' } }]],
    ['', []],
  ])('is read from %s', (header, expected) => {
    expect(parseChallenges(header)).toEqual(expected);
  });
});

describe('a repository', () => {
  it('is asked over https, but for this machine and where the pipeline says insecure', () => {
    const origin = (repository: string, insecure = false): string => parseRepository(repository, { insecure }).origin;
    expect(origin('reg.example/a/b')).toBe('https://reg.example');
    expect(origin('reg.example:5000/a', true)).toBe('http://reg.example:5000');
    expect(['localhost:5000/a', '127.0.0.1:5000/a', '[::1]:5000/a'].map((text) => origin(text))).toEqual(['http://localhost:5000', 'http://127.0.0.1:5000', 'http://[::1]:5000']);
    expect(origin('localhost.evil.example/a')).toBe('https://localhost.evil.example');
    expect(parseRepository('docker.io/redis', { insecure: false })).toMatchObject({ origin: 'https://registry-1.docker.io', name: 'library/redis' });
  });

  it.each(['delay-ml', 'reg.example/Upper', 'reg.example/a:tag', 'reg.example/a@sha256:0', 'user@reg.example/a', 'reg.example/../a', 'https://reg.example/a', 'reg.example/'])('is not %s', (text) => {
    expect(() => parseRepository(text, { insecure: false })).toThrow(expect.objectContaining({ code: 'input-invalid' }));
  });
});
