import { RequestError } from '../request-error.ts';
import { flightKey } from './flight-ledger.ts';

export interface AskedFlight {
  readonly flightId: string;
  /** Milliseconds since the epoch. */
  readonly scheduledDeparture: number;
  readonly key: string;
}

export interface FlightRequest {
  readonly flights: readonly AskedFlight[];
  /** Off-block, milliseconds since the epoch; undefined: when it left as far as the feed has told, else now. */
  readonly at: number | undefined;
}

const shape = 'the body is { "flights": [{ "flight_id": …, "scheduled_departure": … }, …], "at": a moment or nothing }';
/** ISO 8601 with its offset, as the service takes moments everywhere. */
const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;

const [earliest, latest] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('+010000-01-01T00:00:00Z')];

/** @throws RequestError flight-invalid, moment-invalid, rows-empty, too-many-rows */
export function readFlightRequest(body: unknown, maximumRows: number): FlightRequest {
  if (typeof body !== 'object' || body === null || !('flights' in body) || !Array.isArray(body.flights)) throw new RequestError('flight-invalid', `"flights" is not a list; ${shape}.`);
  const other = Object.keys(body).find((name) => name !== 'flights' && name !== 'at');
  if (other !== undefined) throw new RequestError('flight-invalid', `"${other.slice(0, 80)}" is not allowed beside "flights"; ${shape}.`);
  const flights: readonly unknown[] = body.flights;
  if (flights.length === 0) throw new RequestError('rows-empty', 'The request has no flights; send at least one.');
  if (flights.length > maximumRows) throw new RequestError('too-many-rows', `The request has ${flights.length} flights; at most ${maximumRows} are allowed. Send the rest in further requests.`);
  return { flights: flights.map(readFlight), at: 'at' in body ? readAt(body.at) : undefined };
}

function readFlight(value: unknown, row: number): AskedFlight {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new RequestError('flight-invalid', `Flight ${row} is not an object; ${shape}.`, { row });
  const { flight_id: id, scheduled_departure: scheduled, ...others } = value as Record<string, unknown>;
  if (typeof id !== 'string' || id === '' || id.length > 64) throw new RequestError('flight-invalid', `Flight ${row}: flight_id must be a text of 1 to 64 characters, such as UA1545-EWR-IAH.`, { row, column: 'flight_id' });
  const departure = parseMoment(scheduled);
  if (departure === undefined) throw new RequestError('flight-invalid', `Flight ${row}: scheduled_departure must be an ISO 8601 moment with its offset, such as 2013-05-01T10:15:00Z.`, { row, column: 'scheduled_departure' });
  const [other] = Object.keys(others);
  if (other !== undefined) throw new RequestError('flight-invalid', `Flight ${row} has "${other.slice(0, 80)}": send either flight keys or full columns; ${shape}.`, { row, column: other.slice(0, 80) });
  return { flightId: id, scheduledDeparture: departure, key: flightKey(id, departure) };
}

function readAt(value: unknown): number {
  const at = parseMoment(value);
  if (at === undefined) throw new RequestError('moment-invalid', '"at" must be an ISO 8601 moment with its offset, such as 2013-05-01T10:15:00Z; leave it out to ask now.');
  return at;
}

function parseMoment(value: unknown): number | undefined {
  if (typeof value !== 'string' || !moment.test(value)) return undefined;
  const time = Date.parse(value);
  // With its offset a moment may lie outside the years that have four digits; NaN is not less.
  return time >= earliest && time < latest ? time : undefined;
}
