import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../../../test/builders/manual-clock.ts';
import { any, cut, first, status } from '../../../../test/builders/oci-faults.ts';
import { type OciServer, startOciServer } from '../../../../test/builders/oci-server.ts';
import { digestOf } from '../../../artifacts/digest.ts';
import { OciImageRegistry, type OciOptions } from './oci.ts';

let server: OciServer;
beforeEach(async () => {
  server = await startOciServer();
});
afterEach(() => server.close());

const text = 'a blob of some length';
const digest = digestOf(text);
const manifest = Buffer.from('{"mediaType":"application/vnd.oci.image.manifest.v1+json"}');

function open(options: Partial<OciOptions> = {}): OciImageRegistry {
  return new OciImageRegistry({ repository: `${server.host}/team/delay-ml`, credentials: async () => undefined, http: { fetch, clock: manualClock(0), random: () => 0 }, ...options });
}

const says = (code: number, error: string): ReturnType<typeof status> => status(code, {}, JSON.stringify({ errors: [{ code: error, message: 'as it is' }] }));

describe('a registry that says no', () => {
  it.each([
    { code: 400, error: 'DIGEST_INVALID', expected: 'image-corrupt', hint: 'changed on the way' },
    { code: 400, error: 'SIZE_INVALID', expected: 'image-corrupt', hint: 'changed on the way' },
    { code: 400, error: 'NAME_INVALID', expected: 'image-registry-refused', hint: 'Correct the repository in pipeline.yaml' },
    { code: 404, error: 'NAME_UNKNOWN', expected: 'image-repository-missing', hint: 'Create the repository' },
    { code: 405, error: 'UNSUPPORTED', expected: 'image-registry-refused', hint: 'read-only' },
    { code: 400, error: 'DENIED', expected: 'image-registry-denied', hint: 'may pull and push' },
    { code: 400, error: 'SOMETHING_NEW', expected: 'image-registry-refused', hint: 'Check the repository' },
    { code: 413, error: '', expected: 'image-registry-refused', hint: 'client_max_body_size' },
    { code: 400, error: '', expected: 'image-registry-refused', hint: 'Check the repository' },
  ])('to a blob, with $code $error: $expected', async ({ code, error, expected, hint }) => {
    server.fault = first(1, ['PUT', /uploads/], error === '' ? status(code) : says(code, error));
    await expect(open().putBlob(digest, Buffer.from(text))).rejects.toMatchObject({ code: expected, message: expect.stringContaining(`answered ${code}`), hint: expect.stringContaining(hint) });
  });

  it.each([
    { code: 400, error: 'MANIFEST_INVALID', expected: 'image-registry-refused', hint: 'OCI image specification' },
    { code: 404, error: 'MANIFEST_BLOB_UNKNOWN', expected: 'image-missing', hint: 'pushes what is missing' },
    { code: 400, error: 'TAG_INVALID', expected: 'image-registry-refused', hint: 'model_v<N>' },
  ])('to a manifest, with $code $error: $expected', async ({ code, error, expected, hint }) => {
    server.fault = first(1, ['PUT', /manifests/], says(code, error));
    await expect(open().putManifest('model_v1', manifest)).rejects.toMatchObject({ code: expected, message: expect.stringContaining(error), hint: expect.stringContaining(hint) });
  });

  it('is asked again where it only says that there are too many, whatever its status', async () => {
    server.fault = first(1, ['PUT', /manifests/], says(400, 'TOOMANYREQUESTS'));
    expect(await open().putManifest('model_v1', manifest)).toBe(digestOf(manifest));
  });

  it('by sending a push elsewhere: pushes are not sent on', async () => {
    server.fault = first(1, ['POST', /uploads/], status(307, { location: 'http://127.0.0.1:9/elsewhere' }));
    await expect(open().putBlob(digest, Buffer.from(text))).rejects.toMatchObject({ code: 'image-registry-refused', hint: expect.stringContaining('redirects to') });
  });

  it('by an answer that is larger than anything that is read: no error of Taxiway’s own', async () => {
    server.blobs.set(digest, Buffer.from(text));
    await expect(open({ limits: { maximumBytes: 10 } }).readBlob(digest)).rejects.toMatchObject({ code: 'image-invalid', message: expect.stringContaining('allowed: 10') });
  });

  it.each([401, 403, 404, 405])('to a mount, with %i: the blob is then read and pushed', async (code) => {
    server.blobs.set(digest, Buffer.from(text));
    server.fault = any(first(1, ['HEAD', /blobs/], status(404)), first(9, ['POST', /mount=/], status(code, { 'www-authenticate': 'Basic realm="registry"' })));
    expect(await open().mountBlob(digest, `${server.host}/team/base`)).toBe(false);
  });
});

describe('a large push that breaks off', () => {
  const long = 'x'.repeat(40);
  const longDigest = digestOf(long);
  const sent = (method: string): number => server.requests.filter((request) => request.startsWith(method)).length;

  it('goes on where the registry stands, though the registry did not say so at first', async () => {
    let pieces = 0;
    server.fault = any(first(2, ['GET', /uploads/], status(503)), (request, response) => {
      if (request.method !== 'PATCH' || ++pieces !== 3) return false;
      request.resume();
      response.destroy();
      return true;
    });
    await open({ chunkSize: 10 }).putBlob(longDigest, Buffer.from(long));
    expect(server.blobs.get(longDigest)?.toString()).toBe(long);
    expect([sent('POST'), sent('PATCH')]).toEqual([1, 5]);
  });

  it('has six tries for each piece, not for all', async () => {
    let pieces = 0;
    server.fault = (request, response) => {
      if (request.method !== 'PATCH' || ++pieces % 5 === 0) return false;
      request.resume();
      cut(response);
      return true;
    };
    await open({ chunkSize: 10 }).putBlob(longDigest, Buffer.from(long));
    expect(server.blobs.get(longDigest)?.toString()).toBe(long);
    expect([sent('POST'), pieces]).toEqual([1, 20]);
  });

  it('ends after six tries at the same piece', async () => {
    let pieces = 0;
    server.fault = (request, response) => {
      if (request.method !== 'PATCH' || ++pieces <= 2) return false;
      request.resume();
      cut(response);
      return true;
    };
    await expect(open({ chunkSize: 10 }).putBlob(longDigest, Buffer.from(long))).rejects.toMatchObject({ code: 'image-registry-unavailable', message: expect.stringContaining('given up after') });
    expect(pieces).toBeLessThanOrEqual(2 + 6);
  });

  it('goes on at a registry that tells nobody where it stands', async () => {
    server.fault = any(first(99, ['GET', /uploads/], status(405)), first(1, ['PATCH', /uploads/], status(502)));
    await open({ chunkSize: 10 }).putBlob(longDigest, Buffer.from(long));
    expect(server.blobs.get(longDigest)?.toString()).toBe(long);
    expect(sent('POST')).toBe(1);
  });

  it('is begun anew where the registry contradicts itself about where it stands', async () => {
    let refused = 0;
    server.fault = (request, response) => {
      // The second piece of the first session is never what comes next.
      if (request.method !== 'PATCH' || request.url?.includes('uploads/1?') !== true || request.headers['content-range']?.startsWith('0-') === true) return false;
      refused += 1;
      request.resume();
      status(416)(response);
      return true;
    };
    await open({ chunkSize: 10 }).putBlob(longDigest, Buffer.from(long));
    expect(server.blobs.get(longDigest)?.toString()).toBe(long);
    expect([sent('POST'), refused]).toEqual([2, 1]);
  });

  it.each(['BLOB_UPLOAD_UNKNOWN', 'BLOB_UPLOAD_INVALID', 'RANGE_INVALID'])('is begun anew after %s', async (code) => {
    server.fault = first(1, ['PATCH', /uploads/], says(400, code));
    await open({ chunkSize: 10 }).putBlob(longDigest, Buffer.from(long));
    expect(server.blobs.get(longDigest)?.toString()).toBe(long);
  });

  it('is begun anew at a registry that claims to have more than was sent, and given up in the end', async () => {
    server.fault = first(999, ['PATCH', /uploads/], (response) => void response.writeHead(202, { range: '0-4999' }).end());
    await expect(open({ chunkSize: 10 }).putBlob(longDigest, Buffer.from(long))).rejects.toMatchObject({ code: 'image-registry-unavailable', message: expect.stringContaining('claims to have 5000 of 40 bytes') });
  });
});

describe('a blob that lies with a storage service, behind an address that is signed for a while', () => {
  const asked: string[] = [];
  let storage: Server;
  const serve = async (listener: RequestListener): Promise<string> => {
    asked.length = 0;
    storage = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      listener(request, response);
    });
    storage.listen(0, '127.0.0.1');
    await once(storage, 'listening');
    return `http://127.0.0.1:${(storage.address() as AddressInfo).port}`;
  };
  afterEach(() => storage.close());

  it.each([400, 403, 404, 410])('is asked for anew at the registry where the address has expired (%i)', async (code) => {
    const place = await serve((request, response) => {
      if (request.url === '/blob?signed=1') response.writeHead(code).end('<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>');
      else response.end(text);
    });
    let signed = 0;
    server.fault = first(9, ['GET', /blobs/], (response) => status(307, { location: `${place}/blob?signed=${(signed += 1)}` })(response));
    expect(Buffer.from((await open().readBlob(digest)) ?? []).toString()).toBe(text);
    expect(asked).toEqual(['GET /blob?signed=1 undefined', 'GET /blob?signed=2 undefined']);
  });

  it('that always says no is named as what it is, not as a blob that is missing or a wrong password', async () => {
    const place = await serve((_request, response) => response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>'));
    server.fault = first(99, ['GET', /blobs/], status(307, { location: `${place}/blob?signature=secret` }));
    await expect(open().readBlob(digest)).rejects.toMatchObject({ code: 'image-registry-unavailable', message: expect.stringMatching(/sends to another host, which answered 404: NoSuchKey; given up after 6 tries$/) });
    expect(asked).toHaveLength(6);
  });

  it('gets no password on the way of a push, and a push is begun anew where its address has expired', async () => {
    const held: Buffer[] = [];
    const place = await serve((request, response) => {
      if (request.url?.startsWith('/session?signed=1') === true) return void request.resume().once('end', () => response.writeHead(403).end());
      request.on('data', (part: Buffer) => held.push(part));
      request.once('end', () => response.writeHead(201).end());
    });
    let signed = 0;
    server.fault = (request, response) => {
      if (request.headers.authorization === undefined) status(401, { 'www-authenticate': 'Basic realm="registry"' })(response);
      else if (request.method === 'POST') status(202, { location: `${place}/session?signed=${(signed += 1)}` })(response);
      else return false;
      request.resume();
      return true;
    };
    await open({ credentials: async () => ({ username: 'user', password: 'open sesame' }) }).putBlob(digest, Buffer.from(text));
    expect(Buffer.concat(held).toString()).toBe(text);
    expect(asked.every((request) => request.endsWith(' undefined'))).toBe(true);
  });
});
