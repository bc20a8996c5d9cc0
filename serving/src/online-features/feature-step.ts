import type { RequestDeadline } from '../predict/request-deadline.ts';
import type { Row } from '../predict/row-encoder.ts';
import type { FeedState } from './feed-state.ts';

/** What an answer says of the features behind it. */
export interface FeatureStatement extends FeedState {
  /** For each flight the minute it was asked at, ISO 8601: off-block. */
  readonly askedAt: readonly string[];
  /** The newest event that the features were computed with; null where there was none. */
  readonly recordUntil: string | null;
  /** Flights in the record. */
  readonly rows: number;
  /** Events of flights that were never scheduled in the feed. */
  readonly unscheduled: number;
  /** The newest weather observation behind the features; null where none was known. */
  readonly weather: { readonly newest: string; readonly ageSeconds: number } | null;
  /** Present where the feed is gone and the answer was given all the same. */
  readonly degraded?: true;
}

export interface CompletedFlights {
  /** In the order of the flights, with every column that a request must bring. */
  readonly rows: readonly Row[];
  readonly features: FeatureStatement;
}

/** Makes full rows of flight keys. */
export interface FeatureStep {
  /**
   * @param body `{ flights: [{ flight_id, scheduled_departure }], at? }` as it was sent
   * @throws RequestError flight-invalid, flight-unknown, moment-invalid, too-many-rows, rows-empty, features-loading, features-stale, features-unavailable,
   *   overloaded, deadline-exceeded, client-closed
   */
  complete(body: unknown, deadline: RequestDeadline): Promise<CompletedFlights>;
  /** Whether the feed's past is taken in: before that flight keys are refused. */
  readonly loaded: boolean;
  close(): Promise<void>;
}
