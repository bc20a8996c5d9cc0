import type { Purpose } from './metrics/service-metrics.ts';
import type { EncodedRows } from './model/scorer.ts';
import type { OperatingPoint } from './operating-point/operating-point.ts';
import type { Row } from './predict/row-encoder.ts';

/** A request whose answer is with the caller. */
export interface AnsweredRequest {
  readonly requestId: string;
  readonly purpose: Purpose;
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
  readonly rows: EncodedRows;
  /** The rows as sent; absent where they came as numbers without names. */
  readonly columns?: readonly Row[];
  /** One per row, as answered. */
  readonly probabilities: ArrayLike<number>;
  readonly operatingPoint: OperatingPoint;
}

/** Something that looks at answers after they have left. `answered` never throws and never waits. */
export interface AnswerObserver {
  answered(request: AnsweredRequest): void;
}
