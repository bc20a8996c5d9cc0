import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { assertNever } from '../../src/errors.ts';

export type Fault =
  /** The server is not asked; it is said to have answered this. */
  | { readonly kind: 'answer'; readonly status: number; readonly code: string; readonly headers?: Readonly<Record<string, string>> }
  /** The connection ends before the server is asked. */
  | { readonly kind: 'reset' }
  /** The server does what was asked; its answer does not arrive. */
  | { readonly kind: 'lose-answer' }
  /** The answer breaks off after so many bytes. */
  | { readonly kind: 'cut'; readonly after: number }
  /** The answer claims to be whole, and is not. */
  | { readonly kind: 'shorten'; readonly to: number }
  /** One bit of the body is another. */
  | { readonly kind: 'flip' }
  /** No answer, for so many milliseconds. */
  | { readonly kind: 'stall'; readonly milliseconds: number }
  /** Done before the server is asked. */
  | { readonly kind: 'meanwhile'; act(): Promise<unknown>; readonly then: Fault };

export interface PlannedFault {
  /** Whether the request is one to break: method and URL with its query. */
  matches(method: string, url: string): boolean;
  readonly fault: Fault;
  /** How many requests are broken; the next ones pass. */
  times: number;
}

export interface FaultyProxy {
  readonly endpoint: string;
  /** The first that matches and is not used up. */
  readonly faults: PlannedFault[];
  /** Requests seen, broken or not. */
  readonly seen: string[];
  close(): Promise<void>;
}

/** Stands between an S3 client and a server. The Host header stays as the client signed it. */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const faults: PlannedFault[] = [];
  const seen: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method = '', url = '' } = incoming;
    seen.push(`${method} ${url}`);
    const planned = faults.find((candidate) => candidate.times > 0 && candidate.matches(method, url));
    if (planned !== undefined) planned.times -= 1;
    void serve({ incoming, outgoing, target }, planned?.fault).catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    faults,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly target: string;
}

async function serve(exchange: Exchange, fault: Fault | undefined): Promise<void> {
  const { incoming, outgoing } = exchange;
  const body = await bytesOf(incoming);
  if (fault?.kind === 'meanwhile') {
    await fault.act();
    return serveWith(exchange, body, fault.then);
  }
  if (fault !== undefined) return serveWith(exchange, body, fault);
  const answer = await forward(exchange, body);
  outgoing.writeHead(answer.status, answer.headers).end(answer.body);
}

async function serveWith(exchange: Exchange, body: Buffer, fault: Fault): Promise<void> {
  const { incoming, outgoing } = exchange;
  switch (fault.kind) {
    case 'answer': {
      const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${fault.code}</Code><Message>Said of AKIASECRETKEY.</Message><AWSAccessKeyId>AKIASECRETKEY</AWSAccessKeyId></Error>`;
      outgoing.writeHead(fault.status, { 'content-type': 'application/xml', ...fault.headers }).end(incoming.method === 'HEAD' ? undefined : text);
      return;
    }
    case 'reset':
      incoming.socket.destroy();
      return;
    case 'lose-answer':
      await forward(exchange, body);
      incoming.socket.destroy();
      return;
    case 'cut': {
      const answer = await forward(exchange, body);
      outgoing.writeHead(answer.status, answer.headers);
      outgoing.write(answer.body.subarray(0, fault.after), () => setTimeout(() => incoming.socket.destroy(), 20));
      return;
    }
    case 'shorten': {
      const answer = await forward(exchange, body);
      outgoing.writeHead(answer.status, { ...answer.headers, 'content-length': String(fault.to) }).end(answer.body.subarray(0, fault.to));
      return;
    }
    case 'flip': {
      const answer = await forward(exchange, body);
      const changed = Buffer.from(answer.body);
      changed[0] = (changed[0] ?? 0) ^ 1;
      outgoing.writeHead(answer.status, answer.headers).end(changed);
      return;
    }
    case 'stall':
      setTimeout(() => incoming.socket.destroy(), fault.milliseconds).unref();
      return;
    case 'meanwhile':
      throw new Error('one thing at a time');
    default:
      assertNever(fault);
  }
}

function forward({ incoming, target }: Exchange, body: Buffer): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: Buffer }> {
  const { hostname, port } = new URL(target);
  return new Promise((resolve, reject) => {
    // The path must stay as it was signed, byte for byte: no URL object of it.
    const asked = request({ hostname, port, path: incoming.url, method: incoming.method, headers: incoming.headers, agent: false }, (answer) => {
      bytesOf(answer).then((found) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: found }), reject);
    });
    asked.on('error', reject).end(body);
  });
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
