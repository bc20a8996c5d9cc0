import type { Clock } from '../../ports/clock.ts';
import type { FetchLimits } from './http-context.ts';

/** A try that failed, though another may not: no sooner than `after` milliseconds from now. */
export interface Again {
  readonly kind: 'again';
  readonly reason: string;
  readonly after?: number;
  readonly cause?: unknown;
  /** It got further than any try before: tries and time are counted anew. Whoever says so ends by itself. */
  readonly progress?: boolean;
}

export interface GivenUp {
  readonly kind: 'given-up';
  /** What the last try found, and why there is no other. */
  readonly reason: string;
  readonly cause?: unknown;
}

export type RetryLimits = Pick<FetchLimits, 'tryTimeout' | 'totalTimeout' | 'tries' | 'firstWait' | 'longestWait'>;

export interface RetryOptions {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly limits: RetryLimits;
}

/**
 * Tries until a try has an answer other than "again", or the tries or the time are spent. The waits double and are spread at random; a
 * service that asks for a longer wait gets it, and where that is more than the longest wait, it ends at once.
 * @param attempt is given its own time-out in milliseconds
 */
export async function withRetry<Answer extends { readonly kind: string }>(
  { clock, random, limits }: RetryOptions,
  attempt: (timeout: number) => Promise<Answer | Again>,
): Promise<Exclude<Answer, Again> | GivenUp> {
  let begin = clock.now();
  const left = (): number => begin + limits.totalTimeout - clock.now();
  for (let tried = 1; ; tried++) {
    const answer = await attempt(Math.max(1, Math.min(limits.tryTimeout, left())));
    if (!isAgain(answer)) return answer as Exclude<Answer, Again>;
    if (answer.progress === true) {
      tried = 1;
      begin = clock.now();
    }
    const after = answer.after ?? 0;
    const wait = waitBefore(tried, { limits, random: random(), after });
    const spent = spentOn(tried, { limits, wait, left: left(), after });
    if (spent !== undefined) return { kind: 'given-up', reason: `${answer.reason}; ${spent}`, cause: answer.cause };
    await clock.sleep(wait);
  }
}

function isAgain(answer: { readonly kind: string }): answer is Again {
  return answer.kind === 'again';
}

/** Between half of the doubling wait and all of it, never sooner than the service asked for. */
function waitBefore(tried: number, { limits, random, after }: { limits: RetryLimits; random: number; after: number }): number {
  const doubled = Math.min(limits.longestWait, limits.firstWait * 2 ** (tried - 1));
  const spread = Math.round(doubled * (0.5 + random / 2));
  return after > 0 ? after + Math.min(spread, limits.firstWait) : spread;
}

/** Why there is no further try, or undefined where there is one. */
function spentOn(tried: number, { limits, wait, left, after }: { limits: RetryLimits; wait: number; left: number; after: number }): string | undefined {
  if (after > limits.longestWait) return `it asks to wait ${Math.ceil(after / 1000)} s, allowed: ${limits.longestWait / 1000} s`;
  if (tried >= limits.tries) return `given up after ${tried} ${tried === 1 ? 'try' : 'tries'}`;
  if (wait >= left) return `given up after ${tried} ${tried === 1 ? 'try' : 'tries'}, as ${limits.totalTimeout / 1000} s are spent`;
  return undefined;
}
