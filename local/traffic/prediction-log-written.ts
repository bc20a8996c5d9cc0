import { setTimeout as delay } from 'node:timers/promises';

const gauge = /^taxiway_prediction_log_queue_rows (\d+)$/m;
const pollInterval = 20;

/** Rows of the prediction log that a pod still holds in memory; undefined where it cannot say. */
async function waitingRows(podUrl: string): Promise<number | undefined> {
  const answer = await fetch(new URL('/metrics', podUrl));
  const [, rows] = gauge.exec(await answer.text()) ?? [];
  return rows === undefined ? undefined : Number(rows);
}

/**
 * Waits until every pod has written the rows it answered: who reads the prediction log next misses none.
 * @throws Error where a pod cannot be asked or has not written within `deadline` milliseconds.
 */
export async function predictionLogWritten(podUrls: readonly string[], deadline = 30_000): Promise<void> {
  const start = performance.now();
  for (const url of podUrls) {
    for (;;) {
      const rows = await waitingRows(url);
      if (rows === 0) break;
      if (rows === undefined || performance.now() - start > deadline) throw new Error(`${url} still holds ${rows ?? 'an unknown number of'} rows of the prediction log`);
      await delay(pollInterval);
    }
  }
}
