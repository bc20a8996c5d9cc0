import { UserError } from '../../errors.ts';
import { askOnce, type Answer } from './ask-once.ts';
import { httpUrl } from './http-url.ts';
import { defaultLimits, type FetchLimits, type HttpContext } from './http-context.ts';

/**
 * The body of a GET, asked again where asking again can help: network errors, time-outs, broken-off bodies, 408, 425, 429 and 5xx. The waits
 * double and are spread at random; Retry-After is honoured, and where it asks for more than the longest wait, the answer is an error at once.
 * @param what names the source in errors, e.g. "source weather"
 * @throws UserError source-denied (401, 403), source-unavailable (refused, or still failing after the tries or the time are spent),
 *   source-unreadable (too large), input-invalid (no http or https URL). Messages name the host and the status, never the query.
 */
export async function fetchWithRetry(http: HttpContext, url: string, options: { readonly what: string } & Partial<FetchLimits>): Promise<Uint8Array> {
  const limits = { ...defaultLimits, ...options };
  const place = `${options.what}: ${httpUrl(url, options.what).host}`;
  const begin = http.clock.now();
  const left = (): number => begin + limits.totalTimeout - http.clock.now();
  for (let tried = 1; ; tried++) {
    const answer = await askOnce(http, url, { ...limits, timeout: Math.max(1, Math.min(limits.tryTimeout, left())) });
    if (answer.kind === 'body') return answer.body;
    if (answer.kind !== 'again') throw finalError(place, answer);
    const wait = waitBefore(tried, { limits, random: http.random(), after: answer.after ?? 0 });
    const spent = spentOn(tried, { limits, wait, left: left(), after: answer.after ?? 0 });
    if (spent !== undefined) {
      throw new UserError('source-unavailable', `${place} ${answer.reason}; ${spent}`, {
        hint: 'Run the step again later: what was answered in full and will not change is kept and not asked for again.',
        cause: answer.cause,
      });
    }
    await http.clock.sleep(wait);
  }
}

/** Between half of the doubling wait and all of it, never sooner than the service asked for. */
function waitBefore(tried: number, { limits, random, after }: { limits: FetchLimits; random: number; after: number }): number {
  const doubled = Math.min(limits.longestWait, limits.firstWait * 2 ** (tried - 1));
  const spread = Math.round(doubled * (0.5 + random / 2));
  return after > 0 ? after + Math.min(spread, limits.firstWait) : spread;
}

/** Why there is no further try, or undefined where there is one. */
function spentOn(tried: number, { limits, wait, left, after }: { limits: FetchLimits; wait: number; left: number; after: number }): string | undefined {
  if (after > limits.longestWait) return `it asks to wait ${Math.ceil(after / 1000)} s, allowed: ${limits.longestWait / 1000} s`;
  if (tried >= limits.tries) return `given up after ${tried} ${tried === 1 ? 'try' : 'tries'}`;
  if (wait >= left) return `given up after ${tried} ${tried === 1 ? 'try' : 'tries'}, as ${limits.totalTimeout / 1000} s are spent`;
  return undefined;
}

function finalError(place: string, { kind, reason }: Exclude<Answer, { kind: 'body' | 'again' }>): UserError {
  const message = `${place} ${reason}`;
  switch (kind) {
    case 'denied':
      return new UserError('source-denied', message, { hint: 'Check the credentials in the source’s endpoint, and that this machine may use the service.' });
    case 'refused':
      return new UserError('source-unavailable', message, { hint: 'Check the source’s endpoint and options in pipeline.yaml.' });
    case 'unreadable':
      return new UserError('source-unreadable', message, { hint: 'Check the source’s endpoint in pipeline.yaml.' });
  }
}
