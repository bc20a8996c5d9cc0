import { z } from 'zod';
import type { HttpContext } from '../../http/http-context.ts';
import { networkReason } from '../../http/network-reason.ts';
import { readBody } from '../../http/read-body.ts';
import type { Again } from '../../http/with-retry.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import type { CredentialSource, RegistryCredentials } from './registry-credentials.ts';
import type { RegistryPlace } from './registry-place.ts';

const tokenAnswerSchema = z
  .object({ token: z.string().optional(), access_token: z.string().optional(), expires_in: z.number().positive().optional() })
  .transform((answer, context) => {
    const token = answer.token ?? answer.access_token;
    if (token !== undefined && token !== '') return { token, lifetime: (answer.expires_in ?? 60) * 1000 };
    context.addIssue({ code: 'custom', message: 'no token' });
    return z.NEVER;
  });

/** `answered`: ask again, the header is another. */
export type ChallengeAnswer = { readonly kind: 'answered' } | { readonly kind: 'denied'; readonly reason: string } | Again;

/** A token is taken for expired this long before it is, so that it lasts for the request that it is put on. */
const margin = 10_000;

/**
 * What a registry wants to see: nothing, user and password, or a token that its token server gives for them.
 * https://distribution.github.io/distribution/spec/auth/token/
 */
export class RegistryAuthorization {
  private readonly place: RegistryPlace;
  private readonly http: HttpContext;
  private readonly credentials: CredentialSource;
  private readonly tokens = new Map<string, { readonly token: string; readonly until: number }>();
  private basic: RegistryCredentials | undefined;
  /** Whatever must never stand in a message. */
  private readonly secrets = new Set<string>();

  constructor(options: { readonly place: RegistryPlace; readonly http: HttpContext; readonly credentials: CredentialSource }) {
    this.place = options.place;
    this.http = options.http;
    this.credentials = options.credentials;
  }

  /** The Authorization header by what is known so far. @param scopes e.g. ['repository:delay-ml:pull,push'] */
  header(scopes: readonly string[]): string | undefined {
    if (this.basic !== undefined) return basicHeader(this.basic);
    const known = this.tokens.get(scopes.join(' '));
    return known !== undefined && known.until > this.http.clock.now() ? `Bearer ${known.token}` : undefined;
  }

  /** @param refused the header that was on the request that got this challenge */
  async answer(challenge: string | null, scopes: readonly string[], refused: string | undefined): Promise<ChallengeAnswer> {
    const challenges = parseChallenges(challenge ?? '');
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (bearer !== undefined) return this.fetchToken(bearer, scopes, refused !== undefined);
    if (!challenges.some(({ scheme }) => scheme === 'basic')) return { kind: 'denied', reason: 'wants an authentication that is not understood here; allowed: Basic and Bearer' };
    const credentials = await this.know({ renew: refused !== undefined });
    if (credentials === undefined) return { kind: 'denied', reason: 'wants user and password, and none are set' };
    this.basic = credentials;
    return basicHeader(credentials) === refused ? { kind: 'denied', reason: 'refuses user and password' } : { kind: 'answered' };
  }

  /** Takes every secret of this registry out of a text that somebody else wrote. */
  redact(text: string): string {
    return [...this.secrets].reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
  }

  private async fetchToken({ parameters }: Challenge, scopes: readonly string[], renew: boolean): Promise<ChallengeAnswer> {
    const realm = URL.parse(parameters['realm'] ?? '');
    if (realm === null || !(realm.protocol === 'https:' || (realm.protocol === 'http:' && this.place.origin.startsWith('http:')))) {
      return { kind: 'denied', reason: 'names a token server that is not asked; allowed: https' };
    }
    const credentials = await this.know({ renew });
    if (parameters['service'] !== undefined) realm.searchParams.set('service', parameters['service']);
    for (const scope of scopes) realm.searchParams.append('scope', scope);
    try {
      const headers = { accept: 'application/json', 'user-agent': 'taxiway', ...(credentials === undefined ? {} : { authorization: basicHeader(credentials) }) };
      const response = await this.http.fetch(realm, { redirect: 'error', headers, signal: AbortSignal.timeout(30_000) });
      const body = await readBody(response, 1 << 20);
      if (response.status >= 500 || response.status === 429) return { kind: 'again', reason: `sends to the token server ${realm.host}, which answered ${response.status}` };
      if (!response.ok) return { kind: 'denied', reason: `sends to the token server ${realm.host}, which answered ${response.status}${credentials === undefined ? '; no user and password are set' : ''}` };
      const answer = tokenAnswerSchema.safeParse(parseJson(body));
      if (!answer.success) return { kind: 'denied', reason: `sends to the token server ${realm.host}, whose answer holds no token` };
      this.secrets.add(answer.data.token);
      // A token that lives shorter than the margin serves at least the request that it was fetched for.
      this.tokens.set(scopes.join(' '), { token: answer.data.token, until: this.http.clock.now() + Math.max(answer.data.lifetime - margin, 1_000) });
      return { kind: 'answered' };
    } catch (cause) {
      return { kind: 'again', reason: `sends to the token server ${realm.host}, which could not be reached: ${networkReason(cause)}`, cause };
    }
  }

  private async know(options: { readonly renew: boolean }): Promise<RegistryCredentials | undefined> {
    const credentials = await this.credentials(options);
    if (credentials !== undefined) for (const secret of [credentials.password, basicHeader(credentials).slice('Basic '.length)]) this.secrets.add(secret);
    return credentials;
  }
}

function basicHeader({ username, password }: RegistryCredentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}
