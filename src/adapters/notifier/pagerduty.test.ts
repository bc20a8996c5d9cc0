import { afterEach, expect, test } from 'vitest';
import { type JsonReply, startJsonServer } from '../../../test/builders/json-server.ts';
import { manualClock } from '../../../test/builders/manual-clock.ts';
import type { Notification } from '../../ports/notifier.ts';
import { deduplicationKey } from './deduplication-key.ts';
import { PagerDutyNotifier } from './pagerduty.ts';

const routingKey = 'R0UT1NGKEY000000000000000000000000';
const notification: Notification = { key: 'drift/flight-delay/1', severity: 'critical', title: 'Drift', text: 'PSI .31', links: [{ title: 'Pull request 7', url: 'https://example.com/7' }], resolved: false };
const accepted: JsonReply = { status: 202, body: { status: 'success' } };
let stop = async (): Promise<void> => undefined;
afterEach(() => stop());

async function start(answer: (index: number) => JsonReply, options: { readonly severity?: 'info' | 'warning' | 'critical'; readonly routingKey?: string | undefined } = {}) {
  const server = await startJsonServer((_request, index) => answer(index));
  stop = server.stop;
  const clock = manualClock(0);
  const notifier = new PagerDutyNotifier({ endpoint: `${server.url}/v2/enqueue`, severity: 'warning', routingKey, http: { fetch, clock, random: () => 0 }, ...options });
  return { notifier, clock, requests: server.requests };
}

test('an incident is triggered, changed and resolved under one key', async () => {
  const { notifier, requests } = await start(() => accepted);
  await notifier.notify(notification);
  await notifier.notify({ ...notification, title: 'More drift' });
  await notifier.notify({ ...notification, severity: 'info', resolved: true });
  expect(requests.map(({ body }) => [body['event_action'], body['dedup_key']])).toEqual([
    ['trigger', 'taxiway/drift/flight-delay/1'],
    ['trigger', 'taxiway/drift/flight-delay/1'],
    ['resolve', 'taxiway/drift/flight-delay/1'],
  ]);
  expect(requests[0]?.body).toMatchObject({ routing_key: routingKey, payload: { summary: 'Drift', source: 'taxiway', severity: 'critical' }, links: [{ href: 'https://example.com/7', text: 'Pull request 7' }] });
});

test('nobody is woken for what is less severe than asked for', async () => {
  const { notifier, requests } = await start(() => accepted);
  await notifier.notify({ ...notification, severity: 'info' });
  expect(requests).toHaveLength(0);
  await notifier.notify({ ...notification, severity: 'warning' });
  expect(requests).toHaveLength(1);
});

test('a limit and a fault of the service pass, in its own time', async () => {
  const { notifier, requests, clock } = await start((index) => (index === 0 ? { status: 429, headers: { 'retry-after': '7' }, body: {} } : index === 1 ? { status: 502, body: {} } : accepted));
  await notifier.notify(notification);
  expect(requests).toHaveLength(3);
  expect(clock.slept[0]).toBeGreaterThanOrEqual(7000);
});

test('a refusal says why, and never the routing key', async () => {
  const { notifier } = await start(() => ({ status: 400, body: { message: 'Event object is invalid', errors: [`routing_key ${routingKey} is unknown`] } }));
  const error = await notifier.notify(notification).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: 'notifier-refused', message: 'PagerDuty answered 400: Event object is invalid: routing_key *** is unknown' });
});

test('a service that stays away is given up, and a key that is not set is asked for', async () => {
  const { notifier, requests } = await start(() => ({ status: 503, body: {} }));
  await expect(notifier.notify(notification)).rejects.toMatchObject({ code: 'notifier-unavailable' });
  expect(requests.length).toBeGreaterThan(1);
  await stop();
  const { notifier: without } = await start(() => accepted, { routingKey: undefined });
  await expect(without.notify(notification)).rejects.toMatchObject({ code: 'notifier-credential-missing' });
});

test('keys that are too long stay apart', () => {
  const long = 'k'.repeat(300);
  expect(deduplicationKey(`${long}a`)).not.toBe(deduplicationKey(`${long}b`));
  expect(deduplicationKey(`${long}a`)).toHaveLength(255);
});
