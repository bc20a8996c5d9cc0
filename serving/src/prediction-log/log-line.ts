import type { Prediction } from '../predict/prediction.ts';
import type { Row } from '../predict/row-encoder.ts';

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
  readonly operatingPointId?: string;
  readonly columns: Row;
}

/** One line of the prediction log, without its line feed. */
export function logLine(row: LoggedRow, origin: LogOrigin): string {
  return JSON.stringify({
    request_id: row.requestId,
    received_at: row.receivedAt,
    model_version: origin.modelVersion,
    model_digest: origin.modelDigest,
    image_digest: origin.imageDigest,
    ...row.prediction,
    operating_point: row.operatingPointId,
    columns: row.columns,
  });
}
