import type { Flight, Weather } from './raw-tables.ts';

/** A departure that has happened: what happened to the flight afterwards is not in it. */
export type Departure = Pick<Flight, 'carrier' | 'origin' | 'destination' | 'departed' | 'departureDelay'>;
/** A landing that has happened. */
export type Landing = Flight;
/** What the schedule says; it is known long before. */
export type Scheduled = Pick<Flight, 'origin' | 'destination' | 'carrier' | 'scheduled' | 'block'>;

/** Everything that lies strictly before one minute, and the schedule. Nothing later can be asked for. */
export interface Past {
  readonly minute: number;
  /** Departures of the last `minutes`, this minute excluded. */
  departures(minutes: number, of: (departure: Departure) => boolean): Departure[];
  landings(minutes: number, of: (landing: Landing) => boolean): Landing[];
  landingsOnRoute(minutes: number, route: Pick<Flight, 'origin' | 'destination'>): Landing[];
  /** Flights that should have left in the last three hours and are still here, with their schedule. */
  overdue(of: (flight: Scheduled) => boolean): Scheduled[];
  /** Flights with a schedule from `from` to `to`, both included. */
  scheduled(from: number, to: number, of: (flight: Scheduled) => boolean): Scheduled[];
  /** The last record of the origin's weather that is complete, and those before it. */
  weather(origin: string): Weather[];
}

const byMinute = (flights: readonly Flight[], minute: (flight: Flight) => number): Flight[] => flights.filter((flight) => !Number.isNaN(minute(flight))).sort((left, right) => minute(left) - minute(right));

/** First position whose minute is not before. */
function lowerBound<Event>(events: readonly Event[], minute: (event: Event) => number, before: number): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const event = events[middle];
    if (event !== undefined && minute(event) < before) low = middle + 1;
    else high = middle;
  }
  return low;
}

const between = <Event>(events: readonly Event[], minute: (event: Event) => number, [from, before]: readonly [number, number]): Event[] =>
  events.slice(lowerBound(events, minute, from), lowerBound(events, minute, before));

const departedAt = ({ departed }: Flight): number => departed;
const landedAt = ({ landed }: Flight): number => landed;
const scheduledAt = ({ scheduled }: Flight): number => scheduled;
const completeAt = ({ hour }: Weather): number => hour + 55;
const routeOf = ({ origin, destination }: Pick<Flight, 'origin' | 'destination'>): string => `${origin}-${destination}`;

/** @returns what is known before a minute */
export function createHistory(flights: readonly Flight[], weather: readonly Weather[]): (minute: number) => Past {
  const departed = byMinute(flights, departedAt);
  const landed = byMinute(flights, landedAt);
  const scheduled = byMinute(flights, scheduledAt);
  const byRoute = Map.groupBy(landed, routeOf);
  const records = Map.groupBy([...weather].sort((left, right) => left.hour - right.hour), ({ origin }) => origin);
  return (minute) => ({
    minute,
    departures: (minutes, of) => between(departed, departedAt, [minute - minutes, minute]).filter(of),
    landings: (minutes, of) => between(landed, landedAt, [minute - minutes, minute]).filter(of),
    landingsOnRoute: (minutes, route) => between(byRoute.get(routeOf(route)) ?? [], landedAt, [minute - minutes, minute]),
    overdue: (of) => between(scheduled, scheduledAt, [minute - 180, minute]).filter((flight) => !(flight.departed < minute) && of(flight)),
    scheduled: (from, to, of) => between(scheduled, scheduledAt, [from, to + 1]).filter(of),
    weather: (origin) => between(records.get(origin) ?? [], completeAt, [-Infinity, minute]),
  });
}
