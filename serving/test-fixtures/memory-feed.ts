import type { FeedReader } from '../src/online-features/feed-reader.ts';

/** A feed whose lines are told by the test; `gone` makes every look at it fail. */
export function memoryFeed(): FeedReader & { tell(lines: readonly string[]): void; gone: boolean } {
  let waiting: readonly string[] = [];
  return {
    gone: false,
    tell: (lines) => {
      waiting = [...waiting, ...lines];
    },
    async *poll() {
      if (this.gone) throw new Error('the feed is gone');
      const lines = waiting;
      waiting = [];
      yield await Promise.resolve(lines);
    },
  };
}
