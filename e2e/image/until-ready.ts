import { setTimeout as pause } from 'node:timers/promises';

/** @throws Error after fifteen seconds */
export async function untilReady(url: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (await fetch(url).then(({ ok }) => ok, () => false)) return;
    await pause(50);
  }
  throw new Error('the container is not ready in time');
}
