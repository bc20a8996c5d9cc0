import { networkReason } from './network-reason.ts';
import { BodyCutError, BodyTooLargeError, readBody } from './read-body.ts';
import { retryAfter } from './retry-after.ts';
import { withoutSecrets } from './public-url.ts';
import type { FetchLimits, HttpContext } from './http-context.ts';
import { whatItSays } from './what-it-says.ts';

/** What came of one try. `again`: another try may help, no sooner than `after` milliseconds. */
export type Answer =
  | { readonly kind: 'body'; readonly body: Uint8Array }
  | { readonly kind: 'again'; readonly reason: string; readonly after?: number; readonly cause?: unknown }
  | { readonly kind: 'denied' | 'refused' | 'unreadable'; readonly reason: string };

const mostRedirects = 5;
const redirects = new Set([301, 302, 303, 307, 308]);
const denials = new Set([401, 403]);
/** Request time-out, too early, too many requests. */
const passing = new Set([408, 425, 429]);

/** One GET, redirects followed within http and https (never from https down to http). @param timeout milliseconds */
export async function askOnce(http: HttpContext, url: string, limits: FetchLimits & { readonly timeout: number }): Promise<Answer> {
  const signal = AbortSignal.timeout(limits.timeout);
  try {
    let at = url;
    for (let followed = 0; followed <= mostRedirects; followed++) {
      const response = await http.fetch(at, { redirect: 'manual', signal, headers: { accept: '*/*', 'user-agent': 'taxiway' } });
      if (!redirects.has(response.status)) return await judge(http, response, { url, limits });
      await response.body?.cancel();
      const next = nextUrl(at, response.headers.get('location'));
      if (next === undefined) return { kind: 'refused', reason: `answered ${response.status} with a place that is not followed; allowed: http and https, and from https only https` };
      at = next;
    }
    return { kind: 'refused', reason: `redirected more than ${mostRedirects} times` };
  } catch (error) {
    if (error instanceof BodyTooLargeError) return { kind: 'unreadable', reason: `answered too much: ${error.message}` };
    if (error instanceof BodyCutError) return { kind: 'again', reason: `broke off: ${error.message}`, cause: error };
    if (signal.aborted) return { kind: 'again', reason: `did not answer in full within ${limits.timeout / 1000} s`, cause: error };
    return { kind: 'again', reason: `could not be reached: ${withoutSecrets(networkReason(error), url)}`, cause: error };
  }
}

async function judge(http: HttpContext, response: Response, { url, limits }: { url: string; limits: FetchLimits }): Promise<Answer> {
  const { status } = response;
  if (status === 200) return { kind: 'body', body: await readBody(response, limits.maximumBytes) };
  const said = await whatItSays(response, (text) => withoutSecrets(text, url));
  const reason = `answered ${status}${said === '' ? '' : `: ${said}`}`;
  if (denials.has(status)) return { kind: 'denied', reason };
  if (status < 500 && !passing.has(status)) return { kind: 'refused', reason };
  const after = retryAfter(response.headers.get('retry-after'), http.clock.now());
  return { kind: 'again', reason, ...(after === undefined ? {} : { after }) };
}

function nextUrl(at: string, location: string | null): string | undefined {
  if (location === null || !URL.canParse(location, at)) return undefined;
  const next = new URL(location, at);
  const allowed = next.protocol === 'https:' || (next.protocol === 'http:' && at.startsWith('http:'));
  return allowed && next.username === '' && next.password === '' ? next.href : undefined;
}
