/** What the parent asks of the process that replays: the service with its feature step, at a clock that is told. */
export interface ReplayRequest {
  readonly feed: string;
  readonly query: string;
  readonly sources: string;
  readonly columns: readonly string[];
  /** In the order of time. */
  readonly minutes: readonly ReplayMinute[];
  /** Gets one line of JSON a minute: the rows as the feature step gives them. */
  readonly answers: string;
}

export interface ReplayMinute {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly flights: readonly { readonly flight_id: string; readonly scheduled_departure: string }[];
}

export interface ReplayFigures {
  /** Milliseconds from a request for a minute's flights to their rows, minute by minute. */
  readonly requests: readonly number[];
  /** Milliseconds of the processor, and of the clock, that a minute's evaluation took. */
  readonly tickProcessor: readonly number[];
  readonly tickWall: readonly number[];
  /** The longest that the event loop was held up while the past was taken in and minutes were evaluated, milliseconds. */
  readonly heldUp: number;
  /** Bytes at the end, and the most there ever was: while the feed's past was taken in, too. */
  readonly resident: number;
  readonly residentHighest: number;
  /** Until the feed's past was taken in and a first minute evaluated, milliseconds of the processor. */
  readonly openProcessor: number;
}
