import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createTinyService, tinyRow } from '../../test-fixtures/tiny-service.ts';
import { ConnectionGuard } from './connection-guard.ts';

const row = JSON.stringify(tinyRow);
const posted = `POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${row.length}\r\n\r\n${row}`;

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}
async function ask(socket: Socket, bytes: string): Promise<string> {
  socket.write(bytes);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString();
}

test('beyond the most connections posts are refused and told to come on another one, while probes are answered', async () => {
  const { app } = await createTinyService({ environment: { MAXIMUM_CONNECTIONS: '2' } });
  const port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
  const held = [await open(port), await open(port)];
  for (const socket of held) expect(await ask(socket, posted)).toContain('HTTP/1.1 200');
  const probe = await open(port);
  expect(await ask(probe, 'GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n')).toContain('HTTP/1.1 200');
  const beyond = await open(port);
  const refused = await ask(beyond, posted);
  expect(refused).toContain('HTTP/1.1 503');
  expect(refused).toMatch(/connection: close/i);
  expect((await app.inject('/metrics')).body).toContain('taxiway_shed_requests_total{reason="connections"} 1');
  for (const socket of [...held, probe, beyond]) socket.destroy();
  await expect.poll(async () => (await ask(await open(port), posted)).split('\r\n')[0]).toBe('HTTP/1.1 200 OK');
  app.server.closeAllConnections();
  await app.close();
});

test('a caller that does not read its answer loses its connection, one that has read it does not', async () => {
  const guard = new ConnectionGuard(10);
  guard.stop();
  // More than the kernel holds for a connection.
  const server = createServer((request, response) => response.end(request.url === '/large' ? Buffer.alloc(2 ** 26) : 'small'));
  guard.watch(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const good = await open(port);
  await ask(good, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const slow = await open(port);
  const arrived = once(server, 'request');
  slow.pause().write('GET /large HTTP/1.1\r\nHost: x\r\n\r\n');
  await arrived;
  guard.look(0);
  guard.look(29_999);
  expect(guard.open).toBe(2);
  guard.look(30_000);
  await expect.poll(() => guard.open).toBe(1);
  expect(await ask(good, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')).toContain('small');
  good.destroy();
  slow.destroy();
  server.close();
});
