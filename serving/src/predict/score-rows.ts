import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EncodedRows } from '../model/scorer.ts';
import type { OperatingPoint } from '../operating-point/operating-point.ts';
import type { Service } from '../service.ts';
import { skewed } from '../simulated-fault.ts';
import { checkProbabilities } from './prediction.ts';
import { recordAnswer } from './record-answer.ts';
import { deadlineOf } from './request-deadline.ts';
import type { Row } from './row-encoder.ts';

export interface ScoredRows {
  readonly probabilities: ArrayLike<number>;
  readonly point: OperatingPoint;
}

/** A request that scores, between its body and its answer. */
export interface ScoringRequest {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly rows: EncodedRows;
  /** The rows as sent, for the prediction log; undefined where they have no names. */
  readonly columns: readonly Row[] | undefined;
  /** The numbers of `columns` are those of `rows`: floats of 32 bits, whatever was sent. */
  readonly singlePrecision?: boolean;
  /** For each row the minute that the service computed its columns for, ISO 8601; undefined where they were sent. */
  readonly askedAt?: readonly string[] | undefined;
}

/**
 * Scores the rows of a request and records them: queue, deadline, simulated fault, operating point, metrics, prediction log.
 * @throws RequestError where they cannot be scored or not in time.
 */
export async function scoreRows(service: Service, { request, reply, rows, columns, singlePrecision = false, askedAt }: ScoringRequest): Promise<ScoredRows> {
  const { batcher, state, configuration, shedder } = service;
  const deadline = deadlineOf(request, reply, configuration.requests.deadline);
  const useless = deadline.refusal();
  if (useless) throw useless;
  const configured = configuration.simulatedFault;
  const fault = configured !== undefined && state.answeredRows >= configured.after ? configured : undefined;
  const point = service.operatingPoint.current;
  // Bulk runs in turn with other requests, which therefore do not wait for all of it.
  const rowsInFlight = Math.min(rows.count, batcher.maximumBatchRows);
  shedder.began(rowsInFlight);
  let scored: Float32Array;
  try {
    scored = await batcher.scoreInTurns(rows, deadline);
  } finally {
    // Here and not when the answer has left: nobody waits for a simulated fault, or for callers that read slowly.
    shedder.ended(rowsInFlight);
  }
  service.tracing?.ran(request, scored);
  if (fault && fault.slow > 0) await delay(fault.slow);
  const probabilities = fault ? Array.from(scored, (probability) => skewed(probability, fault)) : scored;
  checkProbabilities(probabilities);
  state.answeredRows += rows.count;
  recordAnswer(service, { request, rows, columns, singlePrecision, askedAt, probabilities, point });
  return { probabilities, point };
}
