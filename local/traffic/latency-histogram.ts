/** Upper bounds of 10 % wide classes from 0.1 ms to over a minute: a quantile is off by at most that. */
const growth = 1.1;
const smallest = 0.1;
const classes = 142;

/** Latencies in milliseconds, kept as counts so that any amount of traffic takes the same memory. */
export class LatencyHistogram {
  readonly #counts = new Float64Array(classes);
  #count = 0;
  #sum = 0;
  #maximum = 0;

  get count(): number {
    return this.#count;
  }

  get mean(): number {
    return this.#count === 0 ? Number.NaN : this.#sum / this.#count;
  }

  get maximum(): number {
    return this.#maximum;
  }

  add(milliseconds: number): void {
    const position = Math.ceil(Math.log(Math.max(milliseconds, smallest) / smallest) / Math.log(growth));
    const index = Math.min(classes - 1, position);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#count += 1;
    this.#sum += milliseconds;
    this.#maximum = Math.max(this.#maximum, milliseconds);
  }

  /** The upper bound of the class that holds the quantile (0…1), at most the maximum seen; NaN without any latency. */
  quantile(share: number): number {
    if (this.#count === 0) return Number.NaN;
    const rank = Math.max(1, Math.ceil(share * this.#count));
    let seen = 0;
    for (const [index, count] of this.#counts.entries()) {
      seen += count;
      if (seen >= rank) return Math.min(this.#maximum, smallest * growth ** index);
    }
    return this.#maximum;
  }
}
