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
