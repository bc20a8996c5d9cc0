import { systemClock, type Clock } from '../../ports/clock.ts';

/** What asking over HTTP depends on, so that tests need neither time nor luck. */
export interface HttpContext {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** In [0, 1). Spreads the waits of clients that were refused at the same moment. */
  readonly random: () => number;
}

export const systemHttp: HttpContext = { fetch, clock: systemClock, random: Math.random };

export interface FetchLimits {
  /** Milliseconds until a try is given up, its body included. */
  readonly tryTimeout: number;
  /** Milliseconds for all tries and the waits between them. */
  readonly totalTimeout: number;
  readonly tries: number;
  /** Milliseconds: the first wait (about; it doubles from try to try), and the longest that is waited. */
  readonly firstWait: number;
  readonly longestWait: number;
  /** Bytes, decompressed. */
  readonly maximumBytes: number;
}

/** Waits of about 1, 2, 4 … 60 s: long enough for a limit by the minute to pass. */
export const defaultLimits: FetchLimits = {
  tryTimeout: 120_000,
  totalTimeout: 600_000,
  tries: 8,
  firstWait: 1_000,
  longestWait: 60_000,
  maximumBytes: 32 * 1024 * 1024,
};
