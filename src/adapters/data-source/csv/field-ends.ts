const [quote, comma, lineFeed, carriageReturn] = [0x22, 0x2c, 0x0a, 0x0d];
/** Bytes that are looked at one by one before the native search is worth its call. */
const near = 64;
/** Of an even number, so that a run of them is of quotes written twice. */
const quotes = Buffer.alloc(1024, quote);

/** Where fields may end in a chunk of CSV. Most bytes mean nothing to the reader: here they go by fast. */
export class FieldEnds {
  readonly #data: Buffer;
  /** What the native search found last, by byte: a far one is not looked for again and again. */
  readonly #found = new Map<number, number>();

  constructor(data: Buffer) {
    this.#data = data;
  }

  /** The next line end, or quote that may close the field; the second half of a quote written twice may be in the next chunk. */
  ofQuoted(from: number): number {
    const data = this.#data;
    let at = from;
    for (let jump = from + near; at < data.length; at++) {
      const here = data[at];
      if (here === quote) {
        if (data[at + 1] !== quote) return at;
        at += 1;
        if (at > jump) while (data.length > at + quotes.length && data.compare(quotes, 0, quotes.length, at + 1, at + 1 + quotes.length) === 0) at += quotes.length;
        if (at > jump) jump = at + near;
      } else if (here === lineFeed || here === carriageReturn) return at;
      else if (at >= jump) {
        at = this.#next([quote, lineFeed, carriageReturn], at) - 1;
        jump = at + near;
      }
    }
    return at;
  }

  /** The next comma, line end or quote. */
  ofPlain(from: number): number {
    const data = this.#data;
    const end = Math.min(data.length, from + near);
    for (let at = from; at < end; at++) {
      const here = data[at];
      if (here === comma || here === lineFeed || here === carriageReturn || here === quote) return at;
    }
    return end === data.length ? end : this.#next([comma, quote, lineFeed, carriageReturn], end);
  }

  #next(bytes: readonly number[], from: number): number {
    return Math.min(...bytes.map((byte) => {
      const known = this.#found.get(byte) ?? -1;
      if (known >= from) return known;
      const at = this.#data.indexOf(byte, from);
      const found = at === -1 ? this.#data.length : at;
      this.#found.set(byte, found);
      return found;
    }));
  }
}
