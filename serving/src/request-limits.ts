import { wholeNumber, type Environment } from './environment.ts';

/** How much a request may ask for, and how long it may take. Durations are milliseconds. */
export interface RequestLimits {
  /** Rows and body of one request of the Open Inference Protocol, which carries rows in bulk. */
  readonly maximumBulkRows: number;
  readonly maximumBulkBodyBytes: number;
  /** Requests of more than one run of the model that are taken at a time. */
  readonly maximumBulkRequests: number;
  /** Rows that are not scored by then are not scored at all; a request may ask for less. */
  readonly deadline: number;
  /** A new request is refused where those before it take longer. */
  readonly maximumQueueTime: number;
  /** A new request is refused where the event loop is later, twice in a row. */
  readonly maximumEventLoopDelay: number;
  readonly maximumConnections: number;
  /** Bytes that the larger bodies which are being read may have together; bulk is bounded by its requests. */
  readonly maximumBodiesBytes: number;
}

/** @throws StartError naming the variable, what was found and what is allowed. */
export function readRequestLimits(environment: Environment): RequestLimits {
  return {
    maximumBulkRows: wholeNumber(environment, 'MAXIMUM_BULK_ROWS', { standard: 100_000, minimum: 1, maximum: 1e6 }),
    maximumBulkBodyBytes: wholeNumber(environment, 'MAXIMUM_BULK_BODY_BYTES', { standard: 2 ** 25, minimum: 1024, maximum: 2 ** 30 }),
    maximumBulkRequests: wholeNumber(environment, 'MAXIMUM_BULK_REQUESTS', { standard: 2, minimum: 1, maximum: 1000 }),
    deadline: wholeNumber(environment, 'REQUEST_DEADLINE_MS', { standard: 5000, minimum: 1, maximum: 600_000 }),
    maximumQueueTime: wholeNumber(environment, 'MAXIMUM_QUEUE_TIME_MS', { standard: 25, minimum: 1, maximum: 600_000 }),
    maximumEventLoopDelay: wholeNumber(environment, 'MAXIMUM_EVENT_LOOP_DELAY_MS', { standard: 200, minimum: 1, maximum: 600_000 }),
    maximumConnections: wholeNumber(environment, 'MAXIMUM_CONNECTIONS', { standard: 2000, minimum: 1, maximum: 100_000 }),
    maximumBodiesBytes: wholeNumber(environment, 'MAXIMUM_BODIES_BYTES', { standard: 2 ** 25, minimum: 1024, maximum: 2 ** 30 }),
  };
}
