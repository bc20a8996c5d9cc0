import type { FeedEvent } from '../../../src/adapters/data-source/feed/feed-event.ts';
import { type FeedFlight, isLater, keyOf, type Latest, rowOf } from '../../../src/adapters/data-source/feed/flights-of-feed.ts';

const minute = 60_000;
/** Minutes before its departure from which a flight counts in others' features: leaving an hour early, one looks half an hour ahead of its schedule. */
const seenAhead = 90;

/** What an event did: `late` changed minutes that had been evaluated already, `duplicate` said nothing new. */
export type EventResult = 'applied' | 'duplicate' | 'late';

interface Entry {
  /** Names the flight's row in the database. */
  readonly id: number;
  readonly scheduled: number;
  latest: Latest;
}

export interface ChangedFlights {
  readonly rows: readonly { readonly id: number; readonly flight: FeedFlight }[];
  /** Flights that are forgotten. */
  readonly removed: readonly number[];
}

/** A flight as a request names it: the dataset's key. */
export function flightKey(flightId: string, scheduledDeparture: number): string {
  return `${flightId} ${scheduledDeparture}`;
}

/**
 * Every flight that the feed tells of, by the rules of ingest, one event at a time: of each kind the event that became known last counts, whatever the
 * order and however often events come.
 */
export class FlightLedger {
  readonly #entries = new Map<string, Entry>();
  /** Flights that were scheduled, by the dataset's key. */
  readonly #byKey = new Map<string, Entry>();
  /** Flights that are due, by minute of their schedule: in silence it says whether anything was to be expected. */
  readonly #due = new Map<number, number>();
  readonly #changed = new Set<Entry>();
  #removed: number[] = [];
  #nextId = 1;
  #watermark = Number.NEGATIVE_INFINITY;
  #unscheduled = 0;

  /** When the newest event became known: milliseconds since the epoch, -Infinity before the first. */
  get watermark(): number {
    return this.#watermark;
  }

  /** Flights with a schedule. */
  get flights(): number {
    return this.#byKey.size;
  }

  /** Flights that are told of, but were never scheduled: nothing can be said of them. */
  get unscheduled(): number {
    return this.#unscheduled;
  }

  /** @param evaluated The last minute that was evaluated, in minutes since the epoch; undefined before the first. */
  apply(event: FeedEvent, evaluated: number | undefined): EventResult {
    this.#watermark = Math.max(this.#watermark, event.at);
    const key = keyOf(event);
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { id: this.#nextId, scheduled: event.scheduled_departure, latest: {} };
      this.#nextId += 1;
      this.#entries.set(key, entry);
      this.#unscheduled += 1;
    }
    const before = entry.latest[event.event];
    if (before !== undefined && !isLater(event, before)) return 'duplicate';
    const scheduledBefore = entry.latest.scheduled;
    entry.latest = { ...entry.latest, [event.event]: event };
    if (event.event === 'scheduled') this.#schedule(entry, scheduledBefore);
    this.#changed.add(entry);
    return evaluated !== undefined && firstMinute(event) < evaluated ? 'late' : 'applied';
  }

  /** Minute of the flight's departure, as far as it was told. */
  departure(key: string): { readonly scheduled: number; readonly departed: number | undefined } | undefined {
    const entry = this.#byKey.get(key);
    const row = entry === undefined ? undefined : rowOf(entry.latest);
    if (entry === undefined || row === undefined) return undefined;
    return { scheduled: entry.scheduled / minute, departed: row.dep_delay === null ? undefined : entry.scheduled / minute + row.dep_delay };
  }

  /** The first minute from `from` to `until` in which a flight was due; undefined where none was. */
  firstDue(from: number, until: number): number | undefined {
    for (let candidate = from; candidate <= until; candidate += 1) if (this.#due.has(candidate)) return candidate;
    return undefined;
  }

  /** What the database does not know yet. */
  takeChanges(): ChangedFlights {
    const rows = [...this.#changed].flatMap(({ id, latest }) => {
      const flight = rowOf(latest);
      return flight === undefined ? [] : [{ id, flight }];
    });
    const removed = this.#removed;
    this.#changed.clear();
    this.#removed = [];
    return { rows, removed };
  }

  /** The database could not take these: they are given again. */
  restoreChanges({ rows, removed }: ChangedFlights): void {
    const ids = new Set(rows.map(({ id }) => id));
    for (const entry of this.#entries.values()) if (ids.has(entry.id)) this.#changed.add(entry);
    this.#removed = [...removed, ...this.#removed];
  }

  /** Forgets flights that were due before a moment: no window reaches them. */
  forgetBefore(moment: number): void {
    for (const [key, entry] of this.#entries) {
      if (entry.scheduled >= moment) continue;
      this.#entries.delete(key);
      this.#changed.delete(entry);
      this.#due.delete(entry.scheduled / minute);
      if (entry.latest.scheduled === undefined) this.#unscheduled -= 1;
      else {
        this.#byKey.delete(datasetKey(entry.latest.scheduled));
        this.#removed.push(entry.id);
      }
    }
  }

  #schedule(entry: Entry, before: Latest['scheduled']): void {
    const { scheduled } = entry.latest;
    if (scheduled === undefined) return;
    if (before === undefined) {
      this.#unscheduled -= 1;
      const due = entry.scheduled / minute;
      this.#due.set(due, (this.#due.get(due) ?? 0) + 1);
    } else this.#byKey.delete(datasetKey(before));
    this.#byKey.set(datasetKey(scheduled), entry);
  }
}

function datasetKey({ carrier, flight, origin, dest, scheduled_departure }: NonNullable<Latest['scheduled']>): string {
  return flightKey(`${carrier}${flight}-${origin}-${dest}`, scheduled_departure);
}

/** The first minute that an event says something of. */
function firstMinute(event: FeedEvent): number {
  const scheduled = Math.floor(event.scheduled_departure / minute);
  switch (event.event) {
    case 'departed':
      return scheduled + event.dep_delay;
    case 'scheduled':
      return scheduled - seenAhead;
    case 'landed':
    case 'cancelled':
      return Math.floor(event.at / minute);
  }
}
