/** Lines of the feed as they come. */
export interface FeedReader {
  /**
   * Lines that no earlier call gave, in some order; in parts, so that the event loop turns in between.
   * @param now Milliseconds since the epoch: what belongs to later minutes is not asked for.
   * @throws where the feed cannot be reached; the next call asks again
   */
  poll(now: number): AsyncIterable<readonly string[]>;
}

/** Some thousand lines take some ten milliseconds to read. */
export const linesAtOnce = 250;
