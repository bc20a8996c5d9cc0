import type { PredictClient, Purpose } from './predict-client.ts';
import type { RequestRow } from './table-rows.ts';
import { TrafficTally, type TrafficCounts } from './traffic-counts.ts';

export interface BackgroundOptions {
  readonly requestsPerSecond: number;
  /** 1 unless given. */
  readonly rowsPerRequest?: number;
  /** `traffic` unless given. */
  readonly purpose?: Purpose;
}

export interface BackgroundTraffic {
  /** What became of the requests that have ended so far. */
  counts(): TrafficCounts;
  /** Sends no more, waits for the answers that are due, and says what became of everything. */
  stop(): Promise<TrafficCounts>;
}

/**
 * Sends rows over and over at a given rate until stopped. Open loop: a slow answer does not hold back the next request, as callers
 * do not wait for one another; so a rollout that drops or delays requests cannot hide.
 */
export function startBackgroundTraffic(client: PredictClient, rows: readonly RequestRow[], options: BackgroundOptions): BackgroundTraffic {
  if (rows.length === 0) throw new Error('background traffic needs at least one row');
  const { requestsPerSecond, rowsPerRequest = 1, purpose = 'traffic' } = options;
  const tally = new TrafficTally();
  const pending = new Set<Promise<void>>();
  const start = performance.now();
  let sent = 0;
  let cursor = 0;

  const sendOne = (): void => {
    const batch = Array.from({ length: rowsPerRequest }, (_, index) => rows[(cursor + index) % rows.length]).filter((row) => row !== undefined);
    cursor = (cursor + rowsPerRequest) % rows.length;
    sent += 1;
    const answered = client.predict(batch, purpose).then((outcome) => {
      tally.add(outcome);
      pending.delete(answered);
    });
    pending.add(answered);
  };
  const sendDue = (): void => {
    // After a stall of this process the missed requests are not sent in one burst: at most a second's worth is caught up.
    const due = Math.floor(((performance.now() - start) / 1000) * requestsPerSecond);
    sent = Math.max(sent, due - Math.ceil(requestsPerSecond));
    while (sent < due) sendOne();
  };
  const timer = setInterval(sendDue, Math.max(5, 1000 / requestsPerSecond));
  sendOne();

  return {
    counts: () => tally.counts(),
    stop: async () => {
      clearInterval(timer);
      await Promise.all(pending);
      return tally.counts();
    },
  };
}
