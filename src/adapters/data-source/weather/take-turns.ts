import type { Clock } from '../../../ports/clock.ts';

/** Resolves when it is the caller's turn: turns begin at least `pause` milliseconds apart. */
export function takeTurns(clock: Clock, pause: number): () => Promise<void> {
  let next = -Infinity;
  return async () => {
    const now = clock.now();
    const turn = Math.max(now, next);
    next = turn + pause;
    if (turn > now) await clock.sleep(turn - now);
  };
}

/** Works through the items, at most `parallel` at a time; results in the items' order. The first failure stops what has not begun and is thrown. */
export async function mapBounded<Item, Result>(items: readonly Item[], parallel: number, work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (failures.length > 0) return;
      try {
        results[index] = await work(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}
