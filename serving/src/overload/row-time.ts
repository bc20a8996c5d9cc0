import { performance, type EventLoopUtilization } from 'node:perf_hooks';

/** Milliseconds of one look at what the event loop did. Shorter ones hold too few rows, longer ones see a rush too late. */
const window = 100;
/** A longer one reaches back over idle time, or over the start of the process. */
const longestWindow = 1000;
/** A look says what a row costs only where the loop was busy with rows, not where it mostly waited. */
const busyEnough = 0.5;
const fewestRows = 8;
/** Weight of the newest look. */
const newest = 0.3;

/**
 * What one row takes at present: the time in which the event loop was active over the rows answered in it. The service does everything on one
 * thread, so that this holds reading, parsing, the model, writing, and the refusals in between.
 */
export class RowTime {
  #rows = 0;
  #answers = 0;
  #refused = 0;
  #milliseconds: number | undefined;
  #windowStart = performance.now();
  #utilization: EventLoopUtilization = performance.eventLoopUtilization();

  /** Milliseconds per row; undefined until the service was busy for the first time. */
  get milliseconds(): number | undefined {
    return this.#milliseconds;
  }

  answered(rows: number): void {
    this.#rows += rows;
    this.#answers += 1;
  }

  refused(): void {
    this.#refused += 1;
  }

  /** Takes a look where the last one is long enough ago. */
  look(now: number): void {
    if (now - this.#windowStart < window) return;
    const current = performance.eventLoopUtilization();
    const { active, utilization } = performance.eventLoopUtilization(current, this.#utilization);
    if (now - this.#windowStart <= longestWindow && utilization >= busyEnough && this.#rows >= fewestRows) {
      const measured = active / this.#rows;
      const known = this.#milliseconds;
      // While more is refused than answered the time is that of refusals: taking it for the rows' own would refuse ever more.
      if (known === undefined) this.#milliseconds = measured;
      else if (measured < known || this.#refused < this.#answers) this.#milliseconds = newest * measured + (1 - newest) * known;
    }
    this.#utilization = current;
    this.#windowStart = now;
    this.#rows = 0;
    this.#answers = 0;
    this.#refused = 0;
  }
}
