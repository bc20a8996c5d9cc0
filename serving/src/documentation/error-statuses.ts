import { requestErrors, type RequestErrorCode } from '../request-error.ts';

/** What a refusal by a status means for the caller. */
const meanings: Readonly<Record<number, string>> = {
  400: 'The request is not one that this model can answer; the message names row and column.',
  404: 'Nothing is here, or nothing is known of what is asked for.',
  405: 'Another method is meant.',
  408: 'The request did not arrive in time.',
  413: 'Too much at once; send fewer rows per request.',
  415: 'The content type is not read.',
  431: 'The head of the request is too large.',
  499: 'The caller hung up.',
  500: 'The service failed; the fault is in its log under the request id.',
  503: 'The service cannot answer in time at present; `retry-after` says in how many seconds to ask again.',
  504: 'The rows were not scored before the deadline of the request.',
};

export interface ErrorStatus {
  readonly status: number;
  readonly meaning: string;
  readonly codes: readonly RequestErrorCode[];
}

/** Every status that a refusal may have, ascending, with its codes. 499 is only counted: nobody reads it. */
export function errorStatuses(): ErrorStatus[] {
  const codes = Object.entries(requestErrors) as [RequestErrorCode, number][];
  const statuses = [...new Set(codes.map(([, status]) => status))].filter((status) => status !== 499).toSorted((left, right) => left - right);
  return statuses.map((status) => ({ status, meaning: meanings[status] ?? '', codes: codes.filter(([, of]) => of === status).map(([code]) => code) }));
}
