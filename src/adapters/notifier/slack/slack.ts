import { z } from 'zod';
import { digestOf } from '../../../artifacts/digest.ts';
import { UserError } from '../../../errors.ts';
import type { ArtifactStore } from '../../../ports/artifact-store.ts';
import type { Notification, Notifier } from '../../../ports/notifier.ts';
import { type HttpContext, systemHttp } from '../../http/http-context.ts';
import { postJson } from '../post-json.ts';
import { type MessageRecord, MessageRecords } from './message-record.ts';
import { slackMessage } from './slack-message.ts';

export const slackSchema = z.strictObject({
  channel: z.string().regex(/^[CGD][A-Z0-9]{6,}$/, 'must be the id of a channel, as its details show it, e.g. C024BE91L').describe('Id of the channel; the bot must be a member'),
  endpoint: z.url({ protocol: /^https?$/ }).default('https://slack.com/api').describe('Of the Web API, where it is not Slack’s own'),
});

export interface SlackOptions extends z.infer<typeof slackSchema> {
  /** Of a bot with chat:write; SLACK_BOT_TOKEN. A secret. */
  readonly token: string | undefined;
  readonly store: ArtifactStore;
  readonly http?: HttpContext;
}

const answerSchema = z.object({ ok: z.boolean(), error: z.string().optional(), ts: z.string().optional() });
/** Errors of the Web API that pass. */
const passing = new Set(['ratelimited', 'rate_limited', 'internal_error', 'fatal_error', 'service_unavailable', 'request_timeout']);
/** The message is not there any more, or not ours to change: another is written. */
const gone = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);
/** Milliseconds after which somebody who began to post is taken for dead. */
const longestPost = 120_000;

/**
 * One Slack message per key, which later notifications of that key change; a key that was resolved and comes again is a new message. Which message it is stands in the artefact
 * store, written before the message is posted, so that of many at the same time one posts. Who dies between the two leaves it to whoever comes two minutes later.
 * A bot's token and not an incoming webhook, because messages of a webhook cannot be changed. Source: api.slack.com/methods/chat.postMessage and chat.update.
 */
export class SlackNotifier implements Notifier {
  readonly name = 'slack';
  readonly #options: SlackOptions;
  readonly #http: HttpContext;

  constructor(options: SlackOptions) {
    this.#options = options;
    this.#http = options.http ?? systemHttp;
  }

  /** @throws UserError notifier-credential-missing, notifier-refused, notifier-unavailable */
  async notify(notification: Notification): Promise<void> {
    const { channel, store } = this.#options;
    const records = new MessageRecords(store, { channel, key: notification.key });
    const content = digestOf(JSON.stringify(slackMessage(notification)));
    const { found, etag } = await records.read();
    const known = found?.record;
    if (known?.content === content && (known.message !== undefined || !this.#isStale(known))) return;
    const next = { key: notification.key, channel, content, resolved: notification.resolved, at: this.#http.clock.now() };
    const message = known !== undefined && !(known.resolved && !notification.resolved) ? known.message : undefined;
    // Somebody posts another content of the same message: what changes it comes after, with the next notification of the key.
    if (known !== undefined && known.message === undefined && !this.#isStale(known)) return;
    const claim = await records.write({ ...next, ...(message !== undefined && { message }) }, etag);
    if (claim === undefined) return;
    try {
      const written = await this.#tell(notification, message);
      await records.write({ ...next, message: written }, claim);
    } catch (cause) {
      await this.#giveUp(records, { known, next, claim });
      throw cause;
    }
  }

  #isStale({ message, at }: MessageRecord): boolean {
    return message === undefined && this.#http.clock.now() - at > longestPost;
  }

  /** What was not told is told by the next run, at once. */
  async #giveUp(records: MessageRecords, { known, next, claim }: { known: MessageRecord | undefined; next: MessageRecord; claim: string }): Promise<void> {
    await records.write(known?.message === undefined ? { ...next, at: 0 } : known, claim);
  }

  /** @returns Slack's name of the message that says it now */
  async #tell(notification: Notification, message: string | undefined): Promise<string> {
    if (message !== undefined) {
      const { ok, error = 'unknown' } = await this.#call('chat.update', { ...slackMessage(notification), ts: message });
      if (ok) return message;
      if (!gone.has(error)) throw refused(error);
    }
    const { ok, error = 'unknown', ts } = await this.#call('chat.postMessage', { ...slackMessage(notification), unfurl_links: false });
    if (!ok || ts === undefined) throw refused(error);
    return ts;
  }

  async #call(method: string, body: object): Promise<z.infer<typeof answerSchema>> {
    const { endpoint, channel, token } = this.#options;
    if (token === undefined) {
      throw new UserError('notifier-credential-missing', 'Slack needs a bot’s token, and SLACK_BOT_TOKEN is not set', { hint: 'Set it from a secret in the workflow’s env, or take slack out of notifications.' });
    }
    const { status, json } = await postJson(this.#http, {
      what: 'Slack',
      url: `${endpoint.replace(/\/+$/, '')}/${method}`,
      headers: { authorization: `Bearer ${token}` },
      body: { channel, ...body },
      isAgain: (answer) => {
        const error = answerSchema.safeParse(answer).data?.error;
        return error !== undefined && passing.has(error) ? `answered ${error}` : undefined;
      },
    });
    const answer = answerSchema.safeParse(json).data;
    if (answer === undefined) throw refused(`an answer ${status} that is not the Web API’s`);
    return answer;
  }
}

const hints: Readonly<Record<string, string>> = {
  channel_not_found: 'Check the channel’s id, and that the bot is a member of it.',
  not_in_channel: 'Invite the bot to the channel.',
  is_archived: 'Name another channel: this one is archived.',
  missing_scope: 'Give the bot the scope chat:write and install it anew.',
};

function refused(error: string): UserError {
  return new UserError('notifier-refused', `Slack answered ${error.slice(0, 100)}`, { hint: hints[error] ?? 'Check SLACK_BOT_TOKEN: it is the token of a bot (xoxb-…) with the scope chat:write.' });
}
