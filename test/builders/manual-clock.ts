import type { Clock } from '../../src/ports/clock.ts';

/** A clock that sleeps in no time: it moves on by what was slept, and remembers it. */
export function manualClock(start: number): Clock & { readonly slept: number[] } {
  let now = start;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
      now += milliseconds;
    },
  };
}
