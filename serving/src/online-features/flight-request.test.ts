import { describe, expect, it } from 'vitest';
import { readFlightRequest } from './flight-request.ts';

const flight = { flight_id: 'UA1545-EWR-IAH', scheduled_departure: '2013-06-13T12:00:00Z' };

describe('readFlightRequest', () => {
  it('reads keys, and the moment of off-block where there is one', () => {
    const departure = Date.parse(flight.scheduled_departure);
    expect(readFlightRequest({ flights: [flight] }, 10)).toEqual({ flights: [{ flightId: flight.flight_id, scheduledDeparture: departure, key: `UA1545-EWR-IAH ${departure}` }], at: undefined });
    expect(readFlightRequest({ flights: [flight], at: '2013-06-13T08:05:00-04:00' }, 10).at).toBe(departure + 300_000);
  });

  it.each([
    [{ flights: 1 }, 'flight-invalid', '"flights" is not a list'],
    [{ flights: [] }, 'rows-empty', 'at least one'],
    [{ flights: [flight, flight, flight] }, 'too-many-rows', 'at most 2'],
    [{ flights: [flight], rows: [] }, 'flight-invalid', '"rows" is not allowed beside "flights"'],
    [{ flights: [flight, null] }, 'flight-invalid', 'Flight 1 is not an object'],
    [{ flights: [{ ...flight, flight_id: 7 }] }, 'flight-invalid', 'flight_id must be'],
    [{ flights: [{ ...flight, scheduled_departure: '2013-06-13 12:00' }] }, 'flight-invalid', 'scheduled_departure must be'],
    [{ flights: [{ ...flight, scheduled_departure: '9999-12-31T23:59:00-05:00' }] }, 'flight-invalid', 'scheduled_departure must be'],
    [{ flights: [{ ...flight, scheduled_departure: '0000-12-31T23:59:00Z' }] }, 'flight-invalid', 'scheduled_departure must be'],
    [{ flights: [{ ...flight, scheduled_departure: Infinity }] }, 'flight-invalid', 'scheduled_departure must be'],
    [{ flights: [{ ...flight, distance: 3 }] }, 'flight-invalid', 'has "distance"'],
    [{ flights: [flight], at: 'now' }, 'moment-invalid', '"at" must be'],
    [{ flights: [flight], at: null }, 'moment-invalid', '"at" must be'],
  ])('refuses %j', (body, code, message) => {
    const error: unknown = (() => {
      try {
        return readFlightRequest(body, 2);
      } catch (cause) {
        return cause;
      }
    })();
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) as string });
  });
});
