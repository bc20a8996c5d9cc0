import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FeedEvent } from '../../../src/adapters/data-source/feed/feed-event.ts';
import { parseLine } from '../../../src/adapters/data-source/feed/read-feed.ts';
import type { FeedReader } from './feed-reader.ts';
import type { EventResult, FlightLedger } from './flight-ledger.ts';

export interface IntakeCounts {
  readonly counted: (result: EventResult | 'rejected') => void;
  readonly failed: (cause: unknown) => void;
}

const day = 86_400_000;
/** An airline's schedule reaches less than a year ahead; minutes of far years would not fit the query's numbers. */
const furthestSchedule = 400 * day;
/** A file may hold a whole day, and clocks differ. */
const furthestEvent = 2 * day;

/** What lies too far ahead is no event: it would wait for good, or spoil every evaluation. */
function isPlausible({ at, scheduled_departure: scheduled }: FeedEvent, now: number): boolean {
  return at <= now + furthestEvent && scheduled <= now + furthestSchedule;
}

/** Takes the feed's lines into the ledger. An event of a later moment (a file may hold a whole day) waits until its moment has come. */
export class FeedIntake {
  readonly #reader: FeedReader;
  readonly #ledger: FlightLedger;
  readonly #counts: IntakeCounts;
  readonly #remembered: number;
  #waiting: FeedEvent[] = [];
  #stopped = false;

  /** @param remembered Milliseconds: what the feed tells of flights that were due longer ago is passed over. */
  constructor(feed: { readonly reader: FeedReader; readonly remembered: number }, ledger: FlightLedger, counts: IntakeCounts) {
    this.#reader = feed.reader;
    this.#remembered = feed.remembered;
    this.#ledger = ledger;
    this.#counts = counts;
  }

  /**
   * Never rejects: a feed that cannot be read is counted, and grows old.
   * @param now Milliseconds since the epoch.
   * @param evaluated The last minute that was evaluated.
   * @returns whether minutes that were evaluated already have changed
   */
  async take(now: number, evaluated: number | undefined): Promise<boolean> {
    let late = this.#release(now, evaluated);
    try {
      for await (const lines of this.#reader.poll(now)) {
        for (const line of lines) {
          const read = parseLine(line);
          if ('reason' in read || !isPlausible(read.event, now)) this.#counts.counted('rejected');
          else if (read.event.scheduled_departure < now - this.#remembered) continue;
          else if (read.event.at > now) this.#waiting.push(read.event);
          else late = this.#apply(read.event, evaluated) || late;
        }
        await nextTurn();
        if (this.#stopped) break;
      }
    } catch (cause) {
      this.#counts.failed(cause);
    }
    return late;
  }

  /** Nothing more is read: the service ends. */
  stop(): void {
    this.#stopped = true;
  }

  #release(now: number, evaluated: number | undefined): boolean {
    if (this.#waiting.length === 0) return false;
    const due = this.#waiting.filter((event) => event.at <= now);
    if (due.length > 0) this.#waiting = this.#waiting.filter((event) => event.at > now);
    let late = false;
    for (const event of due) late = this.#apply(event, evaluated) || late;
    return late;
  }

  #apply(event: FeedEvent, evaluated: number | undefined): boolean {
    const result = this.#ledger.apply(event, evaluated);
    this.#counts.counted(result);
    return result === 'late';
  }
}
