import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { memorySink } from '../test-fixtures/memory-sink.ts';
import { createTinyService, tinyRow } from '../test-fixtures/tiny-service.ts';
import { shutDown } from './shut-down.ts';

test.each([
  ['its head', 'POST /predict HTTP/1.1\r\nHost: x\r\n'],
  ['its body', 'POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{'],
])('a caller that never sends the rest of %s does not keep the service from ending and writing its log', async (_name, bytes) => {
  const sink = memorySink();
  const { app, service } = await createTinyService({ logSink: sink, environment: { DRAIN_MINIMUM_MS: '0', DRAIN_QUIET_MS: '0', DRAIN_MAXIMUM_MS: '1', REQUEST_DEADLINE_MS: '300' } });
  const port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
  await app.inject({ method: 'POST', url: '/predict', payload: tinyRow });
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  const [accepted] = (await once(app.server, 'connection')) as [Socket];
  socket.write(bytes);
  await once(accepted, 'data');
  await shutDown(app, service);
  expect(sink.files.size).toBe(1);
  socket.destroy();
});

test('a store that hangs does not keep the service from ending, and what is lost is counted', async () => {
  const { app, service } = await createTinyService({ logSink: { write: () => new Promise(() => undefined) }, environment: { DRAIN_MINIMUM_MS: '0', DRAIN_QUIET_MS: '0', DRAIN_LOG_MS: '30' } });
  await app.inject({ method: 'POST', url: '/predict', payload: { rows: [tinyRow, tinyRow] } });
  await shutDown(app, service);
  expect(service.log?.queuedRows).toBe(0);
  expect(await service.metrics.registry.getSingleMetricAsString('taxiway_prediction_log_rows_total')).toContain('{result="dropped"} 2');
});
