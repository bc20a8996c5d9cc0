import { expect, test } from 'vitest';
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
