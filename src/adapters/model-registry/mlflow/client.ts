import { UserError } from '../../../errors.ts';
import type { HttpContext } from '../../http/http-context.ts';
import { networkReason } from '../../http/network-reason.ts';
import { BodyTooLargeError, readBody } from '../../http/read-body.ts';
import { retryAfter } from '../../http/retry-after.ts';
import { type Again, type RetryLimits, withRetry } from '../../http/with-retry.ts';

/** How the client proves who it is; both read from the environment, never from a file of the repository. */
export interface MlflowCredentials {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
}

export interface MlflowClientOptions {
  /** Where the server is, without a slash at the end. */
  readonly trackingUri: string;
  readonly http: HttpContext;
  readonly credentials: MlflowCredentials;
  readonly limits: RetryLimits;
}

/** One call as data, so that a plan can be printed and tested. */
export interface MlflowRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below the tracking URI, with its query. */
  readonly path: string;
  readonly body?: object;
  /** Instead of a body: bytes to store. */
  readonly bytes?: () => Promise<Uint8Array>;
  /** false: asked twice it would make two. It is then asked once, and whether it worked is seen at the next look. */
  readonly repeatable?: boolean;
}

/** `missing`: there is no such thing. `refused`: the server understood, and will not. */
export type MlflowAnswer = { readonly kind: 'ok'; readonly body: unknown } | { readonly kind: 'missing'; readonly reason: string } | { readonly kind: 'refused'; readonly reason: string };

const largestAnswer = 64 * 1024 * 1024;
/** Request time-out, too early, too many requests. */
const passing = new Set([408, 425, 429]);

/** A thin client of MLflow's REST API 2.0 (https://mlflow.org/docs/latest/api_reference/rest-api.html). */
export class MlflowClient {
  private readonly options: MlflowClientOptions;
  private readonly began: number;
  private readonly secrets: readonly string[];
  readonly host: string;

  /** The time for all calls together, `limits.totalTimeout`, begins now. */
  constructor(options: MlflowClientOptions) {
    this.options = options;
    this.began = options.http.clock.now();
    this.host = new URL(options.trackingUri).host;
    const { password, token } = options.credentials;
    const whole = authorization(options.credentials);
    this.secrets = [password, token, whole?.split(' ')[1]].filter((secret) => secret !== undefined && secret !== '').flatMap((secret) => (secret === undefined ? [] : [secret, encodeURIComponent(secret)]));
  }

  /** @throws UserError mirror-unavailable, mirror-denied. Messages never hold credentials. */
  async ask(request: MlflowRequest): Promise<MlflowAnswer> {
    const { http, limits } = this.options;
    const left = this.began + limits.totalTimeout - http.clock.now();
    if (left <= 0) throw this.unavailable(`is not done yet, and ${limits.totalTimeout / 1000} s are spent`);
    const given = { ...limits, totalTimeout: left, tries: request.repeatable === false ? 1 : limits.tries };
    const bytes = await request.bytes?.();
    const answer = await withRetry({ clock: http.clock, random: http.random, limits: given }, (timeout) => this.askOnce(request, { bytes, timeout }));
    switch (answer.kind) {
      case 'denied':
        throw new UserError('mirror-denied', `mirror mlflow: ${this.host} ${answer.reason}`, {
          hint: 'Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, of an account that may edit experiments and registered models.',
        });
      case 'given-up':
        throw this.unavailable(answer.reason, answer.cause);
      case 'ok':
      case 'missing':
      case 'refused':
        return answer;
    }
  }

  private async askOnce({ method, path, body }: MlflowRequest, { bytes, timeout }: { bytes: Uint8Array | undefined; timeout: number }): Promise<MlflowAnswer | { kind: 'denied'; reason: string } | Again> {
    const { http, trackingUri, credentials } = this.options;
    const signal = AbortSignal.timeout(timeout);
    const authorized = authorization(credentials);
    try {
      const response = await http.fetch(`${trackingUri}${path}`, {
        method,
        signal,
        // Credentials are for this server alone: nobody else is asked.
        redirect: 'manual',
        headers: {
          accept: 'application/json',
          'user-agent': 'taxiway',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(bytes === undefined ? {} : { 'content-type': 'application/octet-stream' }),
          ...(authorized === undefined ? {} : { authorization: authorized }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(bytes === undefined ? {} : { body: Buffer.from(bytes) }),
      });
      return await this.judge(response);
    } catch (error) {
      if (error instanceof BodyTooLargeError) return { kind: 'refused', reason: `answered too much: ${error.message}` };
      if (signal.aborted) return { kind: 'again', reason: `did not answer in full within ${timeout / 1000} s`, cause: error };
      return { kind: 'again', reason: `could not be reached: ${this.clean(networkReason(error))}`, cause: error };
    }
  }

  private async judge(response: Response): Promise<MlflowAnswer | { kind: 'denied'; reason: string } | Again> {
    const { status } = response;
    const text = Buffer.from(await readBody(response, largestAnswer)).toString('utf8');
    const json = parse(text);
    if (status === 200 && json !== undefined) return { kind: 'ok', body: json };
    const said = this.clean(message(json) ?? (/^\s*</.test(text) ? '' : text));
    const reason = `answered ${status}${said === '' ? '' : `: ${said}`}`;
    if (status === 401 || status === 403) return { kind: 'denied', reason };
    if (status >= 300 && status < 400) return { kind: 'refused', reason: `${reason}; redirections are not followed: write the address that it points to as tracking-uri` };
    // A page where JSON should be comes from something in between, such as a proxy whose server is restarting.
    if (status === 200) return { kind: 'again', reason: 'answered something else than MLflow’s JSON; is tracking-uri right?' };
    if (passing.has(status) || status >= 500) {
      const after = retryAfter(response.headers.get('retry-after'), this.options.http.clock.now());
      return { kind: 'again', reason, ...(after === undefined ? {} : { after }) };
    }
    return { kind: errorCode(json) === 'RESOURCE_DOES_NOT_EXIST' ? 'missing' : 'refused', reason };
  }

  /** One plain line, without credentials: control characters could forge lines of the runner's log. */
  private clean(text: string): string {
    const plain = this.secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text).replace(/[\p{C}\s]+/gu, ' ').trim();
    return plain.length > 300 ? `${plain.slice(0, 300)}…` : plain;
  }

  private unavailable(reason: string, cause?: unknown): UserError {
    return new UserError('mirror-unavailable', `mirror mlflow: ${this.host} ${reason}`, {
      hint: 'Nothing is lost: the next step that changes the registry, or npm run taxiway -- mirror sync, brings it up to date.',
      cause,
    });
  }
}

function authorization({ username, password, token }: MlflowCredentials): string | undefined {
  if (username !== undefined && password !== undefined) return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return token === undefined ? undefined : `Bearer ${token}`;
}

function parse(text: string): unknown {
  // Deleting and uploading answer nothing, or an empty object.
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function message(json: unknown): string | undefined {
  return typeof json === 'object' && json !== null && 'message' in json ? `${errorCode(json) ?? ''} ${String(json.message)}`.trim() : undefined;
}

function errorCode(json: unknown): string | undefined {
  return typeof json === 'object' && json !== null && 'error_code' in json ? String(json.error_code) : undefined;
}
