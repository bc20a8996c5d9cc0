import type { Logger } from '../../src/ports/logger.ts';
import { startBackgroundTraffic, type BackgroundOptions, type BackgroundTraffic } from './background-traffic.ts';
import { createPredictClient } from './predict-client.ts';
import { replayRows, type ReplayOptions } from './replay.ts';
import type { RequestRow } from './table-rows.ts';
import type { TrafficCounts } from './traffic-counts.ts';

/** Callers of the service, through its front. */
export interface Traffic {
  /** Sends every row once and reports progress to the logger. */
  replay(rows: readonly RequestRow[], options: Omit<ReplayOptions, 'onProgress'>): Promise<TrafficCounts>;
  /** Sends rows over and over until stopped: what a rollout must not disturb. */
  background(rows: readonly RequestRow[], options: BackgroundOptions): BackgroundTraffic;
  /** Gives the connections back. */
  close(): void;
}

export interface TrafficOptions {
  /** Base URL that callers use, e.g. http://127.0.0.1:41234. */
  readonly url: string;
  readonly logger: Logger;
}

export function createTraffic({ url, logger }: TrafficOptions): Traffic {
  const client = createPredictClient(url);
  return {
    replay: (rows, options) => replayRows(client, rows, { ...options, onProgress: (done, total) => logger.progress('rows answered', done, total) }),
    background: (rows, options) => startBackgroundTraffic(client, rows, options),
    close: () => client.close(),
  };
}
