import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Front } from './front.ts';

describe('the front', () => {
  let front: Front;
  let url: string;
  const servers: Server[] = [];

  beforeEach(async () => {
    front = new Front();
    url = await front.listen();
  });
  afterEach(async () => {
    await front.close();
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  async function backend(name: string, listener: RequestListener): Promise<{ name: string; url: string }> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { name, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }
  const say = (text: string): RequestListener => (request, response) => void request.resume().on('end', () => response.end(text));

  it('spreads requests over the pods it was told of, and passes on method, headers and body', async () => {
    front.add(await backend('a', say('a')));
    front.add(
      await backend('b', (request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => response.writeHead(201, { 'x-kept': '1' }).end(`${request.method} ${String(request.headers['x-purpose'])} ${Buffer.concat(chunks).toString()}`));
      }),
    );
    const answers = await Promise.all([1, 2, 3, 4].map(() => fetch(url, { method: 'POST', headers: { 'x-purpose': 'p' }, body: 'body' })));
    expect((await Promise.all(answers.map((answer) => answer.text()))).sort()).toEqual(['POST p body', 'POST p body', 'a', 'a']);
    expect(answers.filter((answer) => answer.status === 201 && answer.headers.get('x-kept') === '1' && answer.headers.get('x-taxiway-pod') === 'b')).toHaveLength(2);
  });

  it('asks another pod where the first refuses the connection, and only then', async () => {
    front.add(await backend('a', say('a')));
    front.add({ name: 'gone', url: 'http://127.0.0.1:1' });
    for (let index = 0; index < 4; index += 1) expect(await (await fetch(url, { method: 'POST', body: 'x' })).text()).toBe('a');
    expect(front.counts).toEqual({ requests: 4, failed: 0, retried: 2 });
  });

  it('does not repeat a request that a pod may have acted on', async () => {
    let asked = 0;
    const drop: RequestListener = (request) => {
      asked += 1;
      request.socket.destroy();
    };
    front.add(await backend('a', drop));
    front.add(await backend('b', drop));
    expect((await fetch(url, { method: 'POST', body: 'x' })).status).toBe(503);
    expect(asked).toBe(1);
    expect(front.counts).toEqual({ requests: 1, failed: 1, retried: 0 });
  });

  it('lets a pod finish its answers before it is gone, and sends it nothing new', async () => {
    let finish: () => void = () => undefined;
    const arrived = Promise.withResolvers<undefined>();
    front.add(
      await backend('slow', (_request, response) => {
        finish = () => response.end('late');
        arrived.resolve(undefined);
      }),
    );
    const answer = fetch(url);
    await arrived.promise;
    let removed = false;
    const removal = front.remove('slow', 10_000).then(() => (removed = true));
    front.add(await backend('new', say('new')));
    expect(await (await fetch(url)).text()).toBe('new');
    expect(removed).toBe(false);
    finish();
    expect(await (await answer).text()).toBe('late');
    await removal;
  });

  it('counts requests that no pod could take as failed', async () => {
    expect((await fetch(url)).status).toBe(503);
    expect(front.counts).toEqual({ requests: 1, failed: 1, retried: 0 });
  });
});
