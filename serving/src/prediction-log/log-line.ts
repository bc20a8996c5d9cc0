import type { Prediction } from '../predict/prediction.ts';
import type { Row } from '../predict/row-encoder.ts';
import { shortestFloat } from './shortest-float.ts';

/** What answered: the same on every line of a process. */
export interface LogOrigin {
  readonly modelVersion: string;
  readonly modelDigest: string;
  readonly imageDigest: string;
}

/** One row that was answered, held until it is written. */
export interface LoggedRow {
  readonly requestId: string;
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
  /** UTC day of the row's event time, YYYY-MM-DD. */
  readonly day: string;
  readonly prediction: Prediction;
  /** Of the operating point that decided. */
  readonly operatingPointId: string;
  readonly columns: Row;
  /** Its numbers are floats of 32 bits, and are written in as few digits as name such a one. */
  readonly singlePrecision?: boolean;
  /** The minute that the service computed the columns for, ISO 8601; undefined where they were sent. */
  readonly askedAt?: string | undefined;
  /** A challenger's score of a row that something else answered; its own origin and the share of requests that it scores. */
  readonly shadow?: { readonly origin: LogOrigin; readonly sample: number };
}

const inSinglePrecision = (columns: Row): Row => Object.fromEntries(Object.entries(columns).map(([name, value]) => [name, typeof value === 'number' ? shortestFloat(value) : value]));

/**
 * One line of the prediction log, without its line feed.
 * @param sample The share of requests that is logged: lines say it where it is under 1, so that counts can be weighed
 */
export function logLine(row: LoggedRow, answered: LogOrigin, sample: number): string {
  const origin = row.shadow?.origin ?? answered;
  const share = row.shadow?.sample ?? sample;
  return JSON.stringify({
    ...(row.shadow && { role: 'shadow' }),
    request_id: row.requestId,
    received_at: row.receivedAt,
    model_version: origin.modelVersion,
    model_digest: origin.modelDigest,
    image_digest: origin.imageDigest,
    ...row.prediction,
    operating_point: row.operatingPointId,
    ...(share < 1 && { sample: share }),
    ...(row.askedAt !== undefined && { asked_at: row.askedAt }),
    columns: row.singlePrecision === true ? inSinglePrecision(row.columns) : row.columns,
  });
}
