import { UserError } from '../../errors.ts';
import { askOnce, type Answer } from './ask-once.ts';
import { httpUrl } from './http-url.ts';
import { defaultLimits, type FetchLimits, type HttpContext } from './http-context.ts';
import { type GivenUp, withRetry } from './with-retry.ts';

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
  const answer = await withRetry({ clock: http.clock, random: http.random, limits }, (timeout) => askOnce(http, url, { ...limits, timeout }));
  if (answer.kind === 'body') return answer.body;
  throw finalError(place, answer);
}

function finalError(place: string, answer: Exclude<Answer, { kind: 'body' | 'again' }> | GivenUp): UserError {
  const message = `${place} ${answer.reason}`;
  switch (answer.kind) {
    case 'given-up':
      return new UserError('source-unavailable', message, {
        hint: 'Run the step again later: what was answered in full and will not change is kept and not asked for again.',
        cause: answer.cause,
      });
    case 'denied':
      return new UserError('source-denied', message, { hint: 'Check the credentials in the source’s endpoint, and that this machine may use the service.' });
    case 'refused':
      return new UserError('source-unavailable', message, { hint: 'Check the source’s endpoint and options in pipeline.yaml.' });
    case 'unreadable':
      return new UserError('source-unreadable', message, { hint: 'Check the source’s endpoint in pipeline.yaml.' });
  }
}
