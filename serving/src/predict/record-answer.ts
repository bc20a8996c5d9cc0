import type { FastifyRequest } from 'fastify';
import type { EncodedRows } from '../model/scorer.ts';
import type { OperatingPoint } from '../operating-point/operating-point.ts';
import type { Service } from '../service.ts';
import { eventDay } from './event-day.ts';
import { decide } from './prediction.ts';
import { purposeOf } from './purpose.ts';
import type { Row } from './row-encoder.ts';

export interface AnswerToRecord {
  readonly request: FastifyRequest;
  readonly rows: EncodedRows;
  readonly columns: readonly Row[] | undefined;
  readonly singlePrecision: boolean;
  readonly askedAt: readonly string[] | undefined;
  readonly probabilities: ArrayLike<number> & Iterable<number>;
  readonly point: OperatingPoint;
}

/**
 * Counts the rows of an answer, leaves them to the observers, and gives traffic to the prediction log. Rows without names or without an event time are
 * not logged: a label could never be joined to them, nor a day found for their file.
 */
export function recordAnswer(service: Service, { request, rows, columns, singlePrecision, askedAt, probabilities, point }: AnswerToRecord): void {
  const { metrics, log, observers } = service;
  const purpose = purposeOf(request);
  let ones = 0;
  for (const probability of probabilities) ones += decide(probability, point);
  metrics.rows.inc({ purpose }, rows.count);
  if (ones > 0) metrics.decisions.inc({ purpose, decision: 1 }, ones);
  if (ones < rows.count) metrics.decisions.inc({ purpose, decision: 0 }, rows.count - ones);
  metrics.score.observe(purpose, probabilities);
  const logged = log !== undefined && columns !== undefined && purpose === 'traffic';
  if (!logged && observers.length === 0) return;
  const receivedAt = new Date().toISOString();
  if (observers.length > 0) request.answered = { requestId: request.id, purpose, receivedAt, rows, ...(columns && { columns }), probabilities, operatingPoint: point };
  if (logged) logRows(service, { request, receivedAt, columns, singlePrecision, askedAt, probabilities, point });
}

interface RowsToLog extends Omit<AnswerToRecord, 'rows' | 'columns'> {
  readonly receivedAt: string;
  readonly columns: readonly Row[];
}

function logRows({ log, model }: Service, { request, receivedAt, columns, singlePrecision, askedAt, probabilities, point }: RowsToLog): void {
  const { eventTime } = model.description;
  for (const [index, row] of columns.entries()) {
    const moment = eventTime === undefined ? undefined : row[eventTime];
    const day = (typeof moment === 'string' ? eventDay(moment) : undefined) ?? receivedAt.slice(0, 10);
    const probability = probabilities[index] ?? Number.NaN;
    log?.add({ requestId: request.id, receivedAt, day, prediction: { probability, threshold: point.threshold, decision: decide(probability, point) }, operatingPointId: point.id, columns: row, singlePrecision, askedAt: askedAt?.[index] });
  }
}
