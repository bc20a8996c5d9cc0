import type { PredictClient, Purpose } from './predict-client.ts';
import type { RequestRow } from './table-rows.ts';
import { TrafficTally, type TrafficCounts } from './traffic-counts.ts';

export interface ReplayOptions {
  readonly rowsPerRequest: number;
  /** Requests at once. */
  readonly concurrency: number;
  /** `traffic` unless given. */
  readonly purpose?: Purpose;
  /** Told after every request. */
  readonly onProgress?: (doneRows: number, totalRows: number) => void;
}

/** Sends every row once, in order of starting, `concurrency` requests at a time. */
export async function replayRows(client: PredictClient, rows: readonly RequestRow[], options: ReplayOptions): Promise<TrafficCounts> {
  const tally = new TrafficTally();
  let next = 0;
  let done = 0;
  const sendUntilEmpty = async (): Promise<void> => {
    while (next < rows.length) {
      const batch = rows.slice(next, next + options.rowsPerRequest);
      next += batch.length;
      tally.add(await client.predict(batch, options.purpose ?? 'traffic'));
      done += batch.length;
      options.onProgress?.(done, rows.length);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, sendUntilEmpty));
  return tally.counts();
}
