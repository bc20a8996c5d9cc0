import { UserError } from '../../errors.ts';
import type { HttpContext } from '../http/http-context.ts';
import { networkReason } from '../http/network-reason.ts';
import { readBody } from '../http/read-body.ts';
import { retryAfter } from '../http/retry-after.ts';
import { type Again, type RetryLimits, withRetry } from '../http/with-retry.ts';

/** A message waits for nobody long: the run that has it goes on. */
export const notifierLimits: RetryLimits & { readonly maximumBytes: number } = { tryTimeout: 10_000, totalTimeout: 60_000, tries: 5, firstWait: 1000, longestWait: 30_000, maximumBytes: 1 << 20 };

export interface JsonPost {
  /** Names the service in errors, e.g. PagerDuty. */
  readonly what: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Whether an answer that HTTP calls a success says to ask again. */
  readonly isAgain?: (answer: unknown) => string | undefined;
}

export interface JsonAnswer {
  readonly status: number;
  /** undefined where the body is no JSON. */
  readonly json: unknown;
}

/**
 * Posts JSON, again where that can help: network errors, time-outs, 429 and 5xx, honouring Retry-After. Where an answer is lost, the same is posted twice.
 * @throws UserError notifier-unavailable. Messages name the service, never what was posted or its credentials.
 */
export async function postJson({ fetch, clock, random }: HttpContext, post: JsonPost): Promise<JsonAnswer> {
  const answer = await withRetry<{ readonly kind: 'answer' } & JsonAnswer>({ clock, random, limits: notifierLimits }, async (timeout) => {
    const signal = AbortSignal.timeout(timeout);
    try {
      const response = await fetch(post.url, { method: 'POST', redirect: 'error', signal, headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'taxiway', ...post.headers }, body: JSON.stringify(post.body) });
      const { status } = response;
      const json = parsed(await readBody(response, notifierLimits.maximumBytes));
      if (status === 429 || status >= 500) return again(`answered ${status}`, response, clock.now());
      const reason = post.isAgain?.(json);
      return reason === undefined ? { kind: 'answer', status, json } : again(reason, response, clock.now());
    } catch (cause) {
      return { kind: 'again', reason: signal.aborted ? `did not answer within ${timeout / 1000} s` : `could not be reached: ${networkReason(cause)}`, cause };
    }
  });
  if (answer.kind === 'answer') return answer;
  throw new UserError('notifier-unavailable', `${post.what} ${answer.reason}`, { hint: 'Run the step again: what was told already is not told twice.', cause: answer.cause });
}

function again(reason: string, response: Response, now: number): Again {
  const after = retryAfter(response.headers.get('retry-after'), now);
  return { kind: 'again', reason, ...(after !== undefined && { after }) };
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as unknown;
  } catch {
    return undefined;
  }
}
