import { setTimeout as pause } from 'node:timers/promises';

/** Whether the work is done before so many milliseconds are over; waits for it no longer. */
export async function finishedWithin(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  const patience = new AbortController();
  const patiently = pause(milliseconds, false, { signal: patience.signal }).catch(() => false);
  try {
    return await Promise.race([work.then(() => true), patiently]);
  } finally {
    patience.abort();
  }
}
