import { afterEach, expect, test, vi } from 'vitest';
import { createTinyService } from '../../test-fixtures/tiny-service.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('nothing of a service that is closed goes on by the clock', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const { app } = await createTinyService();
  await app.ready();
  expect(vi.getTimerCount()).toBeGreaterThan(0);
  await app.close();
  expect(vi.getTimerCount()).toBe(0);
});
