import { UserError } from '../../../errors.ts';
import type { FetchLimits, HttpContext } from '../../http/http-context.ts';
import { networkReason } from '../../http/network-reason.ts';
import { BodyTooLargeError } from '../../http/read-body.ts';
import { retryAfter } from '../../http/retry-after.ts';
import { plainLine, readText } from '../../http/what-it-says.ts';
import { type Again, withRetry } from '../../http/with-retry.ts';
import type { RegistryAuthorization } from './authorization.ts';
import { explainRefusal, readErrorCodes } from './registry-errors.ts';
import type { RegistryPlace } from './registry-place.ts';

export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH';
  /** Absolute, or a path of the registry. */
  readonly url: string;
  /** In messages, e.g. "blob sha256:0123…". */
  readonly what: string;
  readonly access: 'pull' | 'pull,push';
  /** Another repository that is read. */
  readonly alsoPull?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | Blob;
  /** Statuses that are answers; every other is an error. */
  readonly accepts: readonly number[];
}

/** The registry's no, with the codes of its errors, e.g. NAME_UNKNOWN. */
export interface Refusal {
  readonly kind: 'refused';
  readonly status: number;
  /** E.g. ['NAME_UNKNOWN']; empty where it gave none. */
  readonly codes: readonly string[];
  readonly reason: string;
  /** It came from a host that the registry named, such as a storage service. */
  readonly elsewhere: boolean;
}

/** `unreadable`: more than is read of any answer. */
export type Outcome<Value> = { readonly kind: 'answer'; readonly value: Value } | Refusal | { readonly kind: 'denied' | 'unreadable'; readonly reason: string } | Again;

/** Why there is no answer, for a message. */
type Failure = Pick<Refusal, 'reason'> & { readonly kind: 'refused' | 'denied' | 'unreadable' | 'given-up'; readonly status?: number; readonly codes?: readonly string[]; readonly cause?: unknown };

/** What is read of an answer within the try, so that a body that breaks off is asked for again. */
type Read<Value> = (response: Response) => Promise<Value>;

const redirects = new Set([301, 302, 303, 307, 308]);
const mostRedirects = 5;
const passing = new Set([408, 425, 429]);
/** What a storage service says of an address that was signed for a while, once that is over (S3 and Azure 403, Google 400). */
const expired = new Set([400, 403, 404, 410]);

export interface RegistryClientOptions {
  readonly place: RegistryPlace;
  readonly http: HttpContext;
  readonly authorization: RegistryAuthorization;
  readonly limits: FetchLimits;
}

/** Asks one registry, again where asking again can help. The Authorization header goes to the registry's own origin and nowhere else. */
export class RegistryClient {
  readonly place: RegistryPlace;
  readonly limits: FetchLimits;
  private readonly http: HttpContext;
  private readonly authorization: RegistryAuthorization;

  constructor(options: RegistryClientOptions) {
    this.place = options.place;
    this.limits = options.limits;
    this.http = options.http;
    this.authorization = options.authorization;
  }

  /** @throws UserError image-registry-denied, -unavailable, -refused, image-repository-missing, image-missing, image-corrupt, image-invalid */
  async ask<Value>(request: RegistryRequest, read: Read<Value>): Promise<Value> {
    const outcome = await this.retry((timeout) => this.askOnce(request, timeout, read));
    if (outcome.kind === 'answer') return outcome.value;
    throw this.failure(request.what, outcome);
  }

  /** Tries something of several requests until it has an answer. */
  retry<Value>(attempt: (timeout: number) => Promise<Outcome<Value>>): Promise<Exclude<Outcome<Value>, Again> | { readonly kind: 'given-up'; readonly reason: string; readonly cause?: unknown }> {
    return withRetry({ clock: this.http.clock, random: this.http.random, limits: this.limits }, attempt);
  }

  /** One try. A first 401 is answered within it. */
  async askOnce<Value>(request: RegistryRequest, timeout: number, read: Read<Value>): Promise<Outcome<Value>> {
    const signal = AbortSignal.timeout(timeout);
    const scopes = [`repository:${this.place.name}:${request.access}`, ...(request.alsoPull === undefined ? [] : [`repository:${request.alsoPull}:pull`])];
    try {
      for (let asked = 1; ; asked += 1) {
        const header = this.authorization.header(scopes);
        const { response, own } = await this.send(request, header, signal);
        if (response.status !== 401) return await this.judge(request, { response, own, read });
        if (!own) {
          await response.body?.cancel();
          // Whom it names to prove oneself to is for the registry alone to say.
          return { kind: 'denied', reason: 'sends to another host, which answered 401' };
        }
        const challenge = response.headers.get('www-authenticate');
        await response.body?.cancel();
        if (asked === 3) return { kind: 'denied', reason: 'answered 401' };
        const answer = await this.authorization.answer(challenge, scopes, header);
        if (answer.kind !== 'answered') return answer.kind === 'denied' ? { kind: 'denied', reason: `answered 401: it ${answer.reason}` } : answer;
      }
    } catch (cause) {
      if (cause instanceof UserError) throw cause;
      if (cause instanceof BodyTooLargeError) return { kind: 'unreadable', reason: `answered too much: ${cause.message}` };
      const reason = signal.aborted ? `did not answer in full within ${timeout / 1000} s` : `could not be reached, or broke off: ${networkReason(cause)}`;
      return { kind: 'again', reason: this.authorization.redact(reason), cause };
    }
  }

  failure(what: string, outcome: Failure): UserError {
    const { code, hint } = explainRefusal(outcome);
    return new UserError(code, `${this.place.repository}: ${what}: the registry ${outcome.reason}`, { hint, cause: outcome.cause });
  }

  /** `own`: it is the registry's own answer, not that of a host that it sent on to. */
  private async send(request: RegistryRequest, header: string | undefined, signal: AbortSignal): Promise<{ readonly response: Response; readonly own: boolean }> {
    const { origin } = new URL(this.place.origin);
    let at = new URL(request.url, origin);
    // The place of an upload is the registry's word, too.
    if (!isSafe(at, origin)) throw this.failure(request.what, { kind: 'refused', reason: 'names a place that is not asked; allowed: from https only https, without user and password' });
    for (let followed = 0; ; followed += 1) {
      const own = at.origin === origin;
      const headers = { ...request.headers, 'user-agent': 'taxiway', ...(own && header !== undefined ? { authorization: header } : {}) };
      const body = request.body as NonNullable<RequestInit['body']> | undefined;
      const response = await this.http.fetch(at, { method: request.method, redirect: 'manual', signal, headers, ...(body === undefined ? {} : { body }) });
      // Only readings are sent on: a blob's bytes lie with a storage service, a push's go to the registry.
      if (!redirects.has(response.status) || !isReading(request) || followed === mostRedirects) return { response, own };
      const next = URL.parse(response.headers.get('location') ?? '', at.href);
      if (next === null || !isSafe(next, at.href)) return { response, own };
      await response.body?.cancel();
      at = next;
    }
  }

  private async judge<Value>(request: RegistryRequest, { response, own, read }: { response: Response; own: boolean; read: Read<Value> }): Promise<Outcome<Value>> {
    const { status } = response;
    // That a storage service has no such thing does not say that the registry has none.
    if (request.accepts.includes(status) && (own || !expired.has(status))) {
      const value = await read(response);
      // What was not read keeps a connection.
      if (!response.bodyUsed) await response.body?.cancel();
      return { kind: 'answer', value };
    }
    const text = await readText(response);
    const said = plainLine(text, (secret) => this.authorization.redact(secret));
    const whose = own ? '' : 'sends to another host, which ';
    const reason = `${whose}answered ${status}${said === '' ? '' : `: ${said}`}`;
    const codes = own ? readErrorCodes(text) : [];
    // Asked again, the registry signs an address anew. A push goes to the place of its session: whoever pushes begins another.
    if (!own && expired.has(status) && isReading(request)) return { kind: 'again', reason };
    if (own && status === 403) return { kind: 'denied', reason };
    if (status < 500 && !passing.has(status) && !codes.includes('TOOMANYREQUESTS')) return { kind: 'refused', status, codes, reason, elsewhere: !own };
    const after = retryAfter(response.headers.get('retry-after'), this.http.clock.now());
    return { kind: 'again', reason, ...(after === undefined ? {} : { after }) };
  }
}

function isSafe({ protocol, username, password }: URL, from: string): boolean {
  return (protocol === 'https:' || (protocol === 'http:' && from.startsWith('http:'))) && username === '' && password === '';
}

function isReading({ method }: RegistryRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}
