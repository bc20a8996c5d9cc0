import { performance } from 'node:perf_hooks';

/** Milliseconds of one look at what the event loop did. Shorter ones hold too few rows, longer ones see a rush too late. */
const window = 100;
/** A longer one reaches back over idle time, or over the start of the process. */
const longestWindow = 1000;
/** A look says what a row costs only where the loop was busy with rows, not where it mostly waited; that a row costs less than was thought, it always says. */
const busyEnough = 0.5;
const fewestRows = 8;
/** Weight of the newest look. */
const newest = 0.3;

/** Milliseconds since the start in which the event loop was active, and in which it waited. */
export interface LoopTimes {
  readonly active: number;
  readonly idle: number;
}

/**
 * What one row takes at present: the time in which the event loop was active over the rows answered in it. The service does everything on one
 * thread, so that this holds reading, parsing, the model, writing, and the refusals in between.
 */
export class RowTime {
  #rows = 0;
  #answers = 0;
  #refused = 0;
  #milliseconds: number | undefined;
  #windowStart: number;
  readonly #loopTimes: () => LoopTimes;
  #seen: LoopTimes;

  constructor(now = performance.now(), loopTimes: () => LoopTimes = () => performance.eventLoopUtilization()) {
    this.#windowStart = now;
    this.#loopTimes = loopTimes;
    this.#seen = loopTimes();
  }

  /** Milliseconds per row; undefined until the service was busy for the first time. */
  get milliseconds(): number | undefined {
    return this.#milliseconds;
  }

  /** @param rows in rows that come alone (rowWork) */
  ran(rows: number): void {
    this.#rows += rows;
  }

  answered(): void {
    this.#answers += 1;
  }

  refused(): void {
    this.#refused += 1;
  }

  /** Takes a look where the last one is long enough ago. */
  look(now: number): void {
    if (now - this.#windowStart < window) return;
    const current = this.#loopTimes();
    const active = current.active - this.#seen.active;
    const isBusy = active >= busyEnough * (active + current.idle - this.#seen.idle);
    if (now - this.#windowStart <= longestWindow && this.#rows >= fewestRows) {
      const measured = active / this.#rows;
      const known = this.#milliseconds;
      // While more is refused than answered the time is that of refusals: taking it for the rows' own would refuse ever more.
      if (known === undefined ? isBusy : measured < known || (isBusy && this.#refused < this.#answers)) this.#milliseconds = newest * measured + (1 - newest) * (known ?? measured);
    }
    this.#seen = current;
    this.#windowStart = now;
    this.#rows = 0;
    this.#answers = 0;
    this.#refused = 0;
  }
}
