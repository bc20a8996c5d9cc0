interface WaitingWork {
  readonly run: () => Promise<void>;
  readonly urgent: boolean;
}

/** Work that can only be done one after the other: what is urgent goes before what waits, and else what came first. */
export class EvaluationQueue {
  #waiting: WaitingWork[] = [];
  #draining: Promise<void> | undefined;

  /** What has not begun. */
  get length(): number {
    return this.#waiting.length;
  }

  add<T>(work: () => Promise<T>, urgent: boolean): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const waiting: WaitingWork = { run: () => work().then(resolve, reject), urgent };
      const position = urgent ? this.#waiting.findIndex((other) => !other.urgent) : -1;
      this.#waiting.splice(position === -1 ? this.#waiting.length : position, 0, waiting);
      this.#draining ??= this.#drain();
    });
  }

  /** Until everything that was asked for is done. */
  async idle(): Promise<void> {
    await this.#draining;
  }

  async #drain(): Promise<void> {
    // What is asked for in the same turn is put in order first.
    await Promise.resolve();
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) await next.run();
    this.#draining = undefined;
  }
}
