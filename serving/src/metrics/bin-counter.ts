import type { ReferenceColumn } from './reference-bins.ts';

/** Counts values per bin; bins as the domain's `numberBinIndex` and `categoryBinIndexer` have them, and a test holds both together. */
export class BinCounter {
  readonly counts: Float64Array;
  readonly #edges: Float64Array;
  /** Edges rounded as the model's input is: a value that is an edge stays in its bin. */
  readonly #rounded: Float64Array;
  readonly #positions: ReadonlyMap<string, number>;

  constructor({ bins, labels }: ReferenceColumn) {
    this.counts = new Float64Array(labels.length);
    const edges = bins.kind === 'number' ? bins.edges : [];
    this.#edges = Float64Array.from(edges);
    this.#rounded = this.#edges.map(Math.fround);
    this.#positions = new Map(bins.kind === 'category' ? bins.categories.map((category, position) => [category, position]) : []);
  }

  /** NaN is missing. */
  countNumber(value: number): void {
    this.#count(value, this.#edges);
  }

  /** The same for a value that was rounded to 32 bits. */
  countRounded(value: number): void {
    this.#count(value, this.#rounded);
  }

  #count(value: number, edges: Float64Array): void {
    let low = 0;
    let high = edges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value <= (edges[middle] ?? Number.NaN)) high = middle;
      else low = middle + 1;
    }
    const bin = Number.isNaN(value) ? edges.length + 1 : low;
    this.counts[bin] = (this.counts[bin] ?? 0) + 1;
  }

  /** '' is missing, a category that the reference does not know is `(other)`. */
  countString(value: string): void {
    const other = this.#positions.size;
    const bin = value === '' ? other + 1 : (this.#positions.get(value) ?? other);
    this.counts[bin] = (this.counts[bin] ?? 0) + 1;
  }
}
