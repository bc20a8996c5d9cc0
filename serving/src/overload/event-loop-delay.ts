/** Milliseconds between two looks; a twentieth of a percent of a core. */
const interval = 20;

/**
 * How late the event loop is, look by look. What stands in a socket meanwhile has waited as long, and no queue of the service knows of it.
 * One long turn (a collection of garbage, metrics) says nothing yet: the delay is the smaller of the last two.
 */
export class EventLoopDelay {
  #previous = 0;
  #last = 0;
  #due: number;
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#due = performance.now() + interval;
    this.#timer = setInterval(() => this.observe(performance.now()), interval).unref();
  }

  get milliseconds(): number {
    return Math.min(this.#previous, this.#last);
  }

  observe(now: number): void {
    this.#previous = this.#last;
    this.#last = Math.max(0, now - this.#due);
    this.#due = now + interval;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
