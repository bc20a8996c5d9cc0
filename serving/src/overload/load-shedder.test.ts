import { expect, test } from 'vitest';
import type { Scorer } from '../model/scorer.ts';
import { createTinyService, tinyRow } from '../../test-fixtures/tiny-service.ts';

test('rows that a simulated fault holds back are no load: nobody waits for them', async () => {
  const { app, service } = await createTinyService({ environment: { SIMULATED_FAULT: 'slow=300ms' } });
  const answers = Array.from({ length: 5 }, () => app.inject({ method: 'POST', url: '/predict', payload: { rows: Array.from({ length: 100 }, () => tinyRow) } }));
  await expect.poll(() => service.state.requestsInFlight).toBe(5);
  await expect.poll(() => service.shedder.load.rowsInFlight).toBe(0);
  expect(service.state.requestsInFlight).toBe(5);
  expect((await Promise.all(answers)).map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200, 200]);
  await app.close();
});

test('under overload a few requests that check a deployment are taken, and no more', async () => {
  let release: (() => void) | undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const scorer: Scorer = { score: async ({ count }) => (await held, new Float32Array(count).fill(0.5)) };
  const { app, service } = await createTinyService({ scorer, environment: { MAXIMUM_QUEUED_ROWS: '64' } });
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const ask = async (purpose: string, rows = 1): Promise<number> => {
    const answer = await fetch(`${address}/predict`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-taxiway-purpose': purpose }, body: JSON.stringify({ rows: Array.from({ length: rows }, () => tinyRow) }) });
    return (await answer.arrayBuffer(), answer.status);
  };
  // The first is being run and is no queue any more; the others wait.
  const taken = [ask('traffic', 80)];
  await expect.poll(() => service.shedder.load.rowsInFlight).toBe(80);
  for (let index = 1; index < 4; index += 1) taken.push(ask('traffic', 2));
  await expect.poll(() => service.state.requestsInFlight).toBe(4);
  expect(await ask('traffic')).toBe(503);
  const checks = Array.from({ length: 4 }, () => ask('verification'));
  await expect.poll(() => service.state.requestsInFlight).toBe(8);
  expect([await ask('verification'), await ask('traffic')]).toEqual([503, 503]);
  release?.();
  expect(await Promise.all([...taken, ...checks])).toEqual(Array.from({ length: 8 }, () => 200));
  await app.close();
});
