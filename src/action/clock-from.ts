import { type Clock, systemClock } from '../ports/clock.ts';

/**
 * A clock that stood at `start` (milliseconds since the Unix epoch) when the action began: what a step dates is dated in the time
 * that it judges from, so a history replayed later reads as if it had happened then.
 */
export function clockFrom(start: number, real: Clock = systemClock): Clock {
  const begun = real.now();
  return { now: () => start + (real.now() - begun), sleep: (milliseconds) => real.sleep(milliseconds) };
}
