import type { FeedEvent } from './feed-event.ts';

/** A flight as `flights` has it, as far as the feed knows it; times are ISO 8601 in UTC. */
export interface FeedFlight {
  readonly scheduled_departure: string;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly carrier: string;
  readonly flight: number;
  readonly tailnum: string | null;
  readonly origin: string;
  readonly dest: string;
  readonly sched_dep_time: number;
  readonly dep_time: number | null;
  readonly dep_delay: number | null;
  readonly sched_arr_time: number;
  readonly arr_time: number | null;
  readonly arr_delay: number | null;
  readonly air_time: number | null;
  readonly distance: number;
  /** When its newest event became known. */
  readonly reported_at: string;
}

/** Of each kind the event that counts. */
export type Latest = { readonly [Kind in FeedEvent['event']]?: Extract<FeedEvent, { event: Kind }> };

/**
 * One row per flight, whatever the order of the events and however often they come: of each kind the event that became known last counts.
 * Of a flight that was never scheduled in these events nothing can be said: its events are given back.
 */
export function flightsOfFeed(events: readonly FeedEvent[]): { flights: FeedFlight[]; unscheduled: FeedEvent[] } {
  const latest = new Map<string, Latest>();
  for (const event of events) {
    const key = keyOf(event);
    const known = latest.get(key) ?? {};
    const before = known[event.event];
    if (before === undefined || isLater(event, before)) latest.set(key, { ...known, [event.event]: event });
  }
  const flights = [...latest.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, known]) => rowOf(known) ?? []);
  return { flights, unscheduled: events.filter((event) => latest.get(keyOf(event))?.scheduled === undefined) };
}

/** What tells one flight from another in the feed. */
export function keyOf({ scheduled_departure, carrier, flight, origin }: FeedEvent): string {
  return `${new Date(scheduled_departure).toISOString()} ${carrier} ${flight} ${origin}`;
}

/** Two events of one moment are told apart by what they say, so that the order in which files are read does not matter. */
export function isLater(event: FeedEvent, before: FeedEvent): boolean {
  return event.at > before.at || (event.at === before.at && JSON.stringify(event) > JSON.stringify(before));
}

/** The flight that these events tell of; undefined where it was never scheduled. */
export function rowOf({ scheduled, departed, landed, cancelled }: Latest): FeedFlight | undefined {
  if (scheduled === undefined) return undefined;
  // A flight that was cancelled and then left after all did leave. One that landed did, whether or not its departure was told.
  const stands = (event: { readonly at: number } | undefined): boolean => event !== undefined && (cancelled === undefined || event.at >= cancelled.at);
  const arrived = stands(landed) ? landed : undefined;
  const left = stands(departed) || arrived !== undefined ? departed : undefined;
  const reported = Math.max(...[scheduled, departed, landed, cancelled].flatMap((event) => event?.at ?? []));
  const { year, month, day, carrier, flight, origin, dest, sched_dep_time, sched_arr_time, distance } = scheduled;
  return {
    scheduled_departure: new Date(scheduled.scheduled_departure).toISOString(),
    year, month, day, carrier, flight,
    tailnum: left?.tailnum ?? scheduled.tailnum,
    origin, dest, sched_dep_time,
    dep_time: left?.dep_time ?? null,
    dep_delay: left?.dep_delay ?? null,
    sched_arr_time,
    arr_time: arrived?.arr_time ?? null,
    arr_delay: arrived?.arr_delay ?? null,
    air_time: arrived?.air_time ?? null,
    distance,
    reported_at: new Date(reported).toISOString(),
  };
}
