/** Requests at a constant rate: the moment of each is known before any is sent, so a slow answer delays none of the next (no coordinated omission). */
export class ArrivalSchedule {
  readonly #perSecond: number;
  readonly #total: number;
  #begun = 0;

  constructor(perSecond: number, seconds: number) {
    this.#perSecond = perSecond;
    this.#total = Math.floor(perSecond * seconds);
  }

  /** Moments, in milliseconds since the start, of the requests that are due at `now` and were not handed out before. */
  *due(now: number): Generator<number> {
    for (let moment = this.next; moment !== undefined && moment <= now; moment = this.next) {
      this.#begun += 1;
      yield moment;
    }
  }

  /** The moment of the next request; undefined once all are handed out. */
  get next(): number | undefined {
    return this.#begun < this.#total ? (this.#begun * 1000) / this.#perSecond : undefined;
  }
}
