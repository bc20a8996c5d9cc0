import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { digestOf } from '../../src/artifacts/digest.ts';

/** Answers a request itself and says so with true, or leaves it to the registry. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;

export interface OciServer {
  readonly host: string;
  readonly blobs: Map<string, Buffer>;
  /** By tag and by digest. */
  readonly manifests: Map<string, Buffer>;
  /** METHOD path, without host. */
  readonly requests: string[];
  readonly authorizations: (string | undefined)[];
  fault: Fault | undefined;
  close(): Promise<void>;
}

/** A registry of a few lines, in memory, on a free port of 127.0.0.1, which fails as it is told to. */
export async function startOciServer(): Promise<OciServer> {
  const sessions = new Map<string, Buffer>();
  let begun = 0;
  const server: Server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const state: OciServer = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    blobs: new Map(),
    manifests: new Map(),
    requests: [],
    authorizations: [],
    fault: undefined,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', `http://${state.host}`);
    state.requests.push(`${request.method} ${url.pathname}`);
    state.authorizations.push(request.headers.authorization);
    if ((await state.fault?.(request, response)) === true) return;
    const [, name = '', kind = '', rest = ''] = /^\/v2\/(.+?)\/(blobs\/uploads|blobs|manifests)\/(.*)$/.exec(url.pathname) ?? [];
    // A caller that leaves ends the answer, not the server.
    const body = await buffer(request).catch(() => undefined);
    if (body === undefined) return;
    if (kind === 'blobs/uploads') {
      upload({ request, response, url, body, name, id: rest });
      return;
    }
    if (kind === 'manifests' && request.method === 'PUT') {
      for (const reference of [rest, digestOf(body)]) state.manifests.set(reference, body);
      return void response.writeHead(201, { 'docker-content-digest': digestOf(body) }).end();
    }
    const found = (kind === 'blobs' ? state.blobs : state.manifests).get(rest);
    if (found === undefined) return void response.writeHead(404).end('{"errors":[{"code":"BLOB_UNKNOWN"}]}');
    response.writeHead(200, { 'content-length': found.byteLength, 'docker-content-digest': digestOf(found) }).end(request.method === 'HEAD' ? undefined : found);
  }

  function upload(part: { request: IncomingMessage; response: ServerResponse; url: URL; body: Buffer; name: string; id: string }): void {
    const { request, response, url, body, name, id } = part;
    if (request.method === 'POST') {
      const mount = url.searchParams.get('mount') ?? '';
      if (state.blobs.has(mount)) return void response.writeHead(201).end();
      begun += 1;
      const next = String(begun);
      sessions.set(next, Buffer.alloc(0));
      return void response.writeHead(202, { location: `/v2/${name}/blobs/uploads/${next}?state=${next}` }).end();
    }
    const held = sessions.get(id);
    if (held === undefined) return void response.writeHead(404).end();
    const begin = Number(/^(\d+)-/.exec(request.headers['content-range'] ?? '')?.[1] ?? held.byteLength);
    if (begin !== held.byteLength) return void response.writeHead(416, { location: request.url, range: rangeOf(held) }).end();
    const whole = Buffer.concat([held, body]);
    sessions.set(id, whole);
    if (request.method !== 'PUT') return void response.writeHead(request.method === 'GET' ? 204 : 202, { location: request.url, range: rangeOf(whole) }).end();
    const digest = url.searchParams.get('digest') ?? '';
    if (digestOf(whole) !== digest) return void response.writeHead(400).end('{"errors":[{"code":"DIGEST_INVALID"}]}');
    sessions.delete(id);
    state.blobs.set(digest, whole);
    response.writeHead(201, { location: `/v2/${name}/blobs/${digest}` }).end();
  }

  return state;
}

const rangeOf = (held: Buffer): string => `0-${Math.max(0, held.byteLength - 1)}`;
