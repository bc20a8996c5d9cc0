import { z } from 'zod';
import { UserError } from '../../errors.ts';
import type { Notification, Notifier } from '../../ports/notifier.ts';
import { type HttpContext, systemHttp } from '../http/http-context.ts';
import { deduplicationKey } from './deduplication-key.ts';
import { postJson } from './post-json.ts';

const severities = ['info', 'warning', 'critical'] as const;

export const pagerDutySchema = z.strictObject({
  endpoint: z.url({ protocol: /^https?$/ }).default('https://events.pagerduty.com/v2/enqueue').describe('Of the Events API v2, where it is not PagerDuty’s own'),
  severity: z.enum(severities).default('critical').describe('The least severity that is worth waking somebody'),
});

export interface PagerDutyOptions extends z.infer<typeof pagerDutySchema> {
  /** Of the service's integration; PAGERDUTY_ROUTING_KEY. A secret. */
  readonly routingKey: string | undefined;
  readonly http?: HttpContext;
}

const refusalSchema = z.object({ message: z.string().optional(), errors: z.array(z.string()).optional() });
/** The API's limit, in characters. */
const longestSummary = 1024;

/**
 * PagerDuty's Events API v2: a notification triggers an incident, the same key again changes it and never makes a second one, and a resolved one ends it.
 * Source: developer.pagerduty.com/docs/events-api-v2/trigger-events.
 */
export class PagerDutyNotifier implements Notifier {
  readonly name = 'pagerduty';
  readonly #options: PagerDutyOptions;

  constructor(options: PagerDutyOptions) {
    this.#options = options;
  }

  /** @throws UserError notifier-credential-missing, notifier-refused, notifier-unavailable */
  async notify(notification: Notification): Promise<void> {
    const { endpoint, severity, routingKey, http = systemHttp } = this.#options;
    // A resolved one is told whatever its severity: nobody knows here how severe it was. To resolve what was never triggered does nothing.
    if (!notification.resolved && severities.indexOf(notification.severity) < severities.indexOf(severity)) return;
    if (routingKey === undefined) {
      throw new UserError('notifier-credential-missing', 'PagerDuty needs the routing key of a service, and PAGERDUTY_ROUTING_KEY is not set', { hint: 'Set it from a secret in the workflow’s env, or take pagerduty out of notifications.' });
    }
    const { status, json } = await postJson(http, { what: 'PagerDuty', url: endpoint, body: eventOf(notification, routingKey) });
    if (status < 300) return;
    const said = refusalSchema.safeParse(json).data;
    const reasons = [said?.message, ...(said?.errors ?? [])].filter((text) => text !== undefined).join(': ').replaceAll(routingKey, '***');
    throw new UserError('notifier-refused', `PagerDuty answered ${status}${reasons === '' ? '' : `: ${reasons.slice(0, 300)}`}`, { hint: 'Check PAGERDUTY_ROUTING_KEY: it is the integration key of a service with Events API v2.' });
  }
}

function eventOf({ key, severity, title, text, links, resolved }: Notification, routingKey: string): object {
  const event = { routing_key: routingKey, dedup_key: deduplicationKey(key) };
  if (resolved) return { ...event, event_action: 'resolve' };
  return {
    ...event,
    event_action: 'trigger',
    payload: { summary: title.slice(0, longestSummary), source: 'taxiway', severity, custom_details: { key, text } },
    links: links.map((link) => ({ href: link.url, text: link.title })),
  };
}
