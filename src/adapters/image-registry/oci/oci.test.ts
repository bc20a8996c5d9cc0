import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../../../test/builders/manual-clock.ts';
import { cut, first, status } from '../../../../test/builders/oci-faults.ts';
import { type Fault, type OciServer, startOciServer } from '../../../../test/builders/oci-server.ts';
import { imageRegistryContract } from '../../../../test/contract/image-registry.ts';
import { digestOf } from '../../../artifacts/digest.ts';
import { OciImageRegistry, type OciOptions } from './oci.ts';
import type { CredentialSource } from './registry-credentials.ts';

let server: OciServer;
const anonymous: CredentialSource = async () => undefined;
const known: CredentialSource = async () => ({ username: 'user', password: 'open sesame' });
const basic = `Basic ${Buffer.from('user:open sesame').toString('base64')}`;

function open(options: Partial<OciOptions> = {}): OciImageRegistry {
  return new OciImageRegistry({ repository: `${server.host}/team/delay-ml`, credentials: anonymous, http: { fetch, clock: manualClock(0), random: () => 0 }, ...options });
}

imageRegistryContract('oci', {
  open: async () => {
    server = await startOciServer();
    return open();
  },
  close: () => server.close(),
});

imageRegistryContract('oci, in pieces', {
  open: async () => {
    server = await startOciServer();
    return open({ chunkSize: 100 });
  },
  close: () => server.close(),
});

const text = 'a blob of some length';
const digest = digestOf(text);

describe('an OCI registry that fails', () => {
  beforeEach(async () => {
    server = await startOciServer();
  });
  afterEach(() => server.close());

  it.each([
    ['HEAD', /blobs/, status(503)],
    ['HEAD', /blobs/, status(429, { 'retry-after': '2' })],
    ['POST', /uploads/, status(500)],
    ['POST', /uploads/, cut],
    ['PATCH', /uploads/, cut],
    ['PATCH', /uploads/, status(502)],
    ['PATCH', /uploads/, status(416)],
    ['PUT', /uploads/, cut],
    ['PUT', /uploads/, status(404)],
    ['PUT', /uploads/, status(503)],
  ] as const)('has the blob in the end after a %s to %s failed once', async (method, path, fault) => {
    for (const chunkSize of [5, 1000]) {
      server.blobs.clear();
      server.fault = first(1, [method, path], fault);
      await open({ chunkSize }).putBlob(digest, Buffer.from(text));
      expect(server.blobs.get(digest)?.toString()).toBe(text);
    }
  });

  it('goes on where the registry stands after a piece whose answer was lost', async () => {
    let pieces = 0;
    server.fault = (request, response) => {
      if (request.method !== 'PATCH' || ++pieces !== 2) return false;
      // The registry takes the piece, and the answer is lost.
      response.writeHead = () => {
        response.destroy();
        return response;
      };
      return false;
    };
    await open({ chunkSize: 10 }).putBlob(digest, Buffer.from(text));
    expect(server.blobs.get(digest)?.toString()).toBe(text);
    expect(server.requests.filter((request) => request.startsWith('PATCH'))).toHaveLength(3);
    expect(server.requests.filter((request) => request.startsWith('POST'))).toHaveLength(1);
  });

  it('gives up on a registry that takes every piece and never has more', async () => {
    let pieces = 0;
    server.fault = (request, response) => {
      if (request.method !== 'PATCH') return false;
      pieces += 1;
      request.resume();
      if (pieces > 50) response.writeHead(400).end();
      else response.writeHead(202, { location: request.url, range: '0-0' }).end();
      return true;
    };
    await expect(open({ chunkSize: 10 }).putBlob(digest, Buffer.from(text))).rejects.toMatchObject({ code: 'image-registry-unavailable', message: expect.stringContaining('takes no more than 0 bytes') });
    expect(pieces).toBe(6);
  });

  it('takes a push for done whose last answer was lost', async () => {
    server.fault = (request, response) => {
      if (request.method === 'PUT') {
        response.writeHead = () => {
          response.destroy();
          return response;
        };
      }
      return false;
    };
    await open().putBlob(digest, Buffer.from(text));
    expect(server.requests.filter((request) => request.startsWith('PUT'))).toHaveLength(1);
  });

  it('gives up after as many tries as it may, and says so', async () => {
    server.fault = (_request, response) => (response.writeHead(503).end(), true);
    await expect(open().hasBlob(digest)).rejects.toMatchObject({ code: 'image-registry-unavailable', message: expect.stringContaining('answered 503; given up after 6 tries') });
  });

  it('asks again for a body that broke off, and never takes a part for the whole', async () => {
    server.blobs.set(digest, Buffer.from(text));
    const short = (response: ServerResponse): void => void response.writeHead(200, { 'content-length': '21' }).write('a blob', () => response.destroy());
    server.fault = first(1, ['GET', /blobs/], short);
    expect(Buffer.from((await open().readBlob(digest)) ?? []).toString()).toBe(text);
    server.fault = first(99, ['GET', /blobs/], status(200, {}, 'a blob'));
    await expect(open().readBlob(digest)).rejects.toMatchObject({ code: 'image-corrupt' });
  });

  it('names a repository that is not there, and a refusal', async () => {
    server.fault = first(1, ['POST', /uploads/], status(404, {}, '{"errors":[{"code":"NAME_UNKNOWN"}]}'));
    await expect(open().putBlob(digest, Buffer.from(text))).rejects.toMatchObject({ code: 'image-repository-missing', message: expect.stringContaining('NAME_UNKNOWN') });
    server.fault = first(1, ['HEAD', /blobs/], status(403));
    await expect(open().hasBlob(digest)).rejects.toMatchObject({ code: 'image-registry-denied' });
    server.fault = first(1, ['PUT', /uploads/], status(400, {}, '{"errors":[{"code":"DIGEST_INVALID"}]}'));
    await expect(open().putBlob(digest, Buffer.from(text))).rejects.toMatchObject({ code: 'image-corrupt' });
  });

  it('has the tag where the registry took it and refused the second try', async () => {
    const manifest = Buffer.from('{"mediaType":"application/vnd.oci.image.manifest.v1+json"}');
    server.fault = (request, response) => {
      if (request.method !== 'PUT') return false;
      server.manifests.set('model_v1', manifest);
      response.writeHead(400).end('{"errors":[{"code":"TAG_INVALID","message":"the tag is immutable"}]}');
      return true;
    };
    expect(await open().putManifest('model_v1', manifest)).toBe(digestOf(manifest));
  });

  it('mounts a blob from a repository of the same registry, and says no for another', async () => {
    server.blobs.set(digest, Buffer.from(text));
    server.fault = first(2, ['HEAD', /blobs/], status(404));
    expect(await open().mountBlob(digest, `${server.host}/team/base`)).toBe(true);
    expect(await open().mountBlob(digest, 'registry.example.com/team/base')).toBe(false);
  });
});

describe('authentication at an OCI registry', () => {
  beforeEach(async () => {
    server = await startOciServer();
    server.blobs.set(digest, Buffer.from(text));
  });
  afterEach(() => server.close());

  const demand = (challenge: string, accepted: string): Fault => (request, response) => {
    if (request.headers.authorization === accepted) return false;
    request.resume();
    response.writeHead(401, { 'www-authenticate': challenge }).end();
    return true;
  };

  it('gives user and password when they are asked for, not before', async () => {
    server.fault = demand('Basic realm="registry"', basic);
    expect(await open({ credentials: known }).hasBlob(digest)).toBe(true);
    expect(server.authorizations).toEqual([undefined, basic]);
  });

  it('says that none are set, or that they are refused', async () => {
    server.fault = demand('Basic realm="registry"', 'nothing');
    await expect(open().hasBlob(digest)).rejects.toMatchObject({ code: 'image-registry-denied', message: expect.stringContaining('none are set') });
    await expect(open({ credentials: known }).hasBlob(digest)).rejects.toMatchObject({ code: 'image-registry-denied', message: expect.not.stringContaining('sesame') });
  });

  it('takes new credentials where the old ones have expired', async () => {
    server.fault = demand('Basic realm="registry"', basic);
    const expiring: CredentialSource = async ({ renew }) => ({ username: 'user', password: renew ? 'open sesame' : 'of yesterday' });
    expect(await open({ credentials: expiring }).hasBlob(digest)).toBe(true);
  });

  it('fetches a token for the repository with user and password, and keeps it', async () => {
    const asked: string[] = [];
    server.fault = (request, response) => {
      if (request.url?.startsWith('/token') === true) {
        asked.push(`${request.url} ${request.headers.authorization}`);
        response.end('{"token":"t0ken","expires_in":300}');
        return true;
      }
      return demand(`Bearer realm="http://${server.host}/token",service="reg",scope="repository:team/delay-ml:pull"`, 'Bearer t0ken')(request, response);
    };
    const registry = open({ credentials: known });
    expect(await registry.hasBlob(digest)).toBe(true);
    expect(await registry.hasBlob(digest)).toBe(true);
    expect(asked).toEqual([`/token?service=reg&scope=repository%3Ateam%2Fdelay-ml%3Apull ${basic}`]);
  });

  it('asks no token server over http for a registry over https', async () => {
    const answers = async (): Promise<Response> => new Response(null, { status: 401, headers: { 'www-authenticate': 'Bearer realm="http://evil.example/token"' } });
    const registry = open({ repository: 'registry.example.com/delay-ml', http: { fetch: answers, clock: manualClock(0), random: () => 0 }, credentials: known });
    await expect(registry.hasBlob(digest)).rejects.toMatchObject({ code: 'image-registry-denied' });
  });

  it('follows a blob to another host without the Authorization header, and never shows a secret that is thrown back', async () => {
    const seen: (string | undefined)[] = [];
    const storage = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end(text);
    });
    storage.listen(0, '127.0.0.1');
    await once(storage, 'listening');
    server.fault = (request, response) => {
      if (demand('Basic realm="registry"', basic)(request, response) === true) return true;
      if (request.method !== 'GET') return false;
      status(307, { location: `http://127.0.0.1:${(storage.address() as AddressInfo).port}/blob` })(response);
      return true;
    };
    const registry = open({ credentials: known });
    expect(Buffer.from((await registry.readBlob(digest)) ?? []).toString()).toBe(text);
    expect(seen).toEqual([undefined]);
    storage.close();
    server.fault = first(1, ['HEAD', /blobs/], status(403));
    server.fault = (request, response) => (response.writeHead(400).end(`you said ${request.headers.authorization}, open sesame`), true);
    await expect(registry.readBlob(digest)).rejects.toMatchObject({ message: expect.stringMatching(/you said Basic \*\*\*, \*\*\*$/) });
  });

  it('shows no part of a secret that is thrown back, however long or spaced', async () => {
    const secret = `open  sesame ${'x'.repeat(300)}`;
    server.fault = (request, response) => {
      if (request.headers.authorization === undefined) return demand('Basic realm="registry"', basic)(request, response);
      response.writeHead(400).end(`${'.'.repeat(150)}${secret}`);
      return true;
    };
    const registry = open({ credentials: async () => ({ username: 'user', password: secret }) });
    await expect(registry.readBlob(digest)).rejects.toMatchObject({ message: expect.stringMatching(/\.\*\*\*$/) });
  });

  it('proves itself to nobody whom another host names', async () => {
    const asked: string[] = [];
    const storage = createServer((request, response) => {
      asked.push(`${request.url} ${request.headers.authorization}`);
      response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${request.headers.host}/token"` }).end();
    });
    storage.listen(0, '127.0.0.1');
    await once(storage, 'listening');
    server.fault = (request, response) => {
      if (demand('Basic realm="registry"', basic)(request, response) === true) return true;
      status(307, { location: `http://127.0.0.1:${(storage.address() as AddressInfo).port}/blob` })(response);
      return true;
    };
    await expect(open({ credentials: known }).readBlob(digest)).rejects.toMatchObject({ code: 'image-registry-denied', message: expect.stringContaining('another host') });
    storage.close();
    expect(asked).toEqual(['/blob undefined']);
  });

  it.each(['http://registry.example.com/upload/1', 'https://some:body@registry.example.com/upload/1'])('pushes no bytes to %s for a registry over https', async (location) => {
    const asked: string[] = [];
    const answers: typeof fetch = async (url, init) => {
      asked.push(`${init?.method} ${url instanceof URL ? url.pathname : ''}`);
      return init?.method === 'POST' ? new Response(null, { status: 202, headers: { location } }) : new Response(null, { status: init?.method === 'HEAD' ? 404 : 201 });
    };
    const registry = open({ repository: 'registry.example.com/delay-ml', http: { fetch: answers, clock: manualClock(0), random: () => 0 } });
    await expect(registry.putBlob(digest, Buffer.from(text))).rejects.toMatchObject({ code: 'image-registry-unavailable', message: expect.not.stringContaining('body@') });
    expect(asked).toEqual([`HEAD /v2/delay-ml/blobs/${digest}`, 'POST /v2/delay-ml/blobs/uploads/']);
  });
});
