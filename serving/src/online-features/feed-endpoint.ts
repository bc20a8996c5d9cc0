import { type FeedReader, linesAtOnce } from './feed-reader.ts';

const day = 86_400_000;
/** Asked for again every time: what was told late within it is found. */
const overlap = 3_600_000;
const longestAnswer = 10_000;

/**
 * A URL that answers `?from=…&to=…` (ISO 8601, UTC, half-open) with the events that became known in that time, one JSON object a line.
 * @param lookBack Milliseconds that the first call asks for.
 */
export class FeedEndpoint implements FeedReader {
  readonly #endpoint: string;
  readonly #lookBack: number;
  readonly #ask: typeof fetch;
  #asked: number | undefined;
  /** Lines of the overlap: told again, not new. */
  #seen: ReadonlySet<string> = new Set();

  constructor(endpoint: string, lookBack: number, ask: typeof fetch = fetch) {
    this.#endpoint = endpoint;
    this.#lookBack = lookBack;
    this.#ask = ask;
  }

  async *poll(now: number): AsyncIterable<readonly string[]> {
    const start = this.#asked === undefined ? now - this.#lookBack : this.#asked - overlap;
    for (let from = start; from <= now; from += day) {
      const to = Math.min(from + day, now + 1);
      const lines = await this.#lines(from, to);
      const news = lines.filter((line) => !this.#seen.has(line));
      for (let first = 0; first < news.length; first += linesAtOnce) yield news.slice(first, first + linesAtOnce);
      this.#seen = new Set(lines);
      this.#asked = to;
    }
  }

  async #lines(from: number, to: number): Promise<string[]> {
    const url = new URL(this.#endpoint);
    url.searchParams.set('from', new Date(from).toISOString());
    url.searchParams.set('to', new Date(to).toISOString());
    const answer = await this.#ask(url, { signal: AbortSignal.timeout(longestAnswer) });
    // The query of the URL may hold a secret: only its host is told.
    if (!answer.ok) throw new Error(`the feed at ${url.host} answers ${answer.status}`);
    return (await answer.text()).split('\n').filter((line) => line.trim() !== '');
  }
}
