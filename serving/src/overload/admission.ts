/** What is taken whatever a row takes at present: so few requests, or rows, that they are soon through. */
const alwaysTaken = { requests: 4, rows: 64 };

export interface AdmissionLimits {
  /** Milliseconds that a new request may be expected to wait for those before it. */
  readonly maximumQueueTime: number;
  /** Milliseconds that the event loop may be late. */
  readonly maximumEventLoopDelay: number;
  readonly maximumQueuedRows: number;
}

/** The state of the service that decides whether it takes one more request. */
export interface Load {
  readonly requestsInFlight: number;
  readonly rowsInFlight: number;
  /** The same rows in rows that come alone (rowWork). */
  readonly workInFlight: number;
  /** Milliseconds of a row that comes alone; undefined where it is not known yet. */
  readonly rowTime: number | undefined;
  /** Milliseconds. */
  readonly eventLoopDelay: number;
}

export const shedReasons = ['body-bytes', 'connections', 'event-loop-delay', 'queued-rows', 'queue-time'] as const;
export type ShedReason = (typeof shedReasons)[number];

/** Why one more request is not taken (the event loop's delay, the rows that wait, the time they take); undefined where it is. */
export function shedReason(load: Load, limits: AdmissionLimits): ShedReason | undefined {
  if (load.requestsInFlight < alwaysTaken.requests || load.rowsInFlight < alwaysTaken.rows) return undefined;
  if (load.eventLoopDelay > limits.maximumEventLoopDelay) return 'event-loop-delay';
  if (load.rowsInFlight > limits.maximumQueuedRows) return 'queued-rows';
  return load.workInFlight * (load.rowTime ?? 0) > limits.maximumQueueTime ? 'queue-time' : undefined;
}
