import type { AnsweredRequest } from '../answer-observer.ts';
import type { LoadedModel } from '../model/load-model.ts';
import { eventDay } from '../predict/event-day.ts';
import type { Row } from '../predict/row-encoder.ts';
import type { LoggedRow } from '../prediction-log/log-line.ts';

export interface ShadowScore {
  readonly model: Pick<LoadedModel, 'version' | 'digest' | 'description'>;
  readonly probability: number;
  readonly columns: Row;
  readonly imageDigest: string;
  readonly sample: number;
}

/**
 * The challenger's line: that of the answer with role, score and model of its own. It lies in a folder of its own, because whoever reads the log of a day
 * reads what was answered; and it has only the columns that name the row, for the answer's line has the others.
 */
export function shadowLine(request: AnsweredRequest, { model, probability, columns, imageDigest, sample }: ShadowScore): LoggedRow {
  const { key, eventTime, threshold } = model.description;
  const moment = eventTime === undefined ? undefined : columns[eventTime];
  const day = (typeof moment === 'string' ? eventDay(moment) : undefined) ?? request.receivedAt.slice(0, 10);
  const names = eventTime === undefined ? key : [...new Set([...key, eventTime])];
  return {
    requestId: request.requestId,
    receivedAt: request.receivedAt,
    day: `shadow/${day}`,
    prediction: { probability, threshold, decision: probability >= threshold ? 1 : 0 },
    operatingPointId: 'model',
    columns: Object.fromEntries(names.map((name) => [name, columns[name] ?? null])),
    shadow: { origin: { modelVersion: model.version, modelDigest: model.digest, imageDigest }, sample },
  };
}
