import { afterEach, expect, test } from 'vitest';
import { type JsonReply, startJsonServer } from '../../../../test/builders/json-server.ts';
import { manualClock } from '../../../../test/builders/manual-clock.ts';
import type { Notification } from '../../../ports/notifier.ts';
import { MemoryArtifactStore } from '../../artifact-store/memory.ts';
import { SlackNotifier } from './slack.ts';
import { slackMessage } from './slack-message.ts';

const notification: Notification = { key: 'drift/flight-delay/1', severity: 'warning', title: 'Drift', text: 'PSI .31', links: [], resolved: false };
let stop = async (): Promise<void> => undefined;
afterEach(() => stop());

type Answer = (method: string, index: number) => JsonReply;
const working: Answer = (method, index) => ({ body: method === '/chat.update' ? { ok: true } : { ok: true, ts: `1700000000.00000${index}` } });

async function start(answer: Answer = working, token: string | undefined = 'xoxb-secret') {
  const server = await startJsonServer(({ path }, index) => answer(path, index));
  stop = server.stop;
  const store = new MemoryArtifactStore();
  const clock = manualClock(1_000_000);
  const make = (): SlackNotifier => new SlackNotifier({ channel: 'C024BE91L', endpoint: server.url, token, store, http: { fetch, clock, random: () => 0 } });
  let asked = 0;
  const silent = (): Promise<Response> => {
    asked += 1;
    return new Promise(() => undefined);
  };
  const dying = Object.assign(() => new SlackNotifier({ channel: 'C024BE91L', endpoint: server.url, token, store, http: { fetch: silent, clock, random: () => 0 } }), { asked: () => asked });
  return { dying, notifier: make(), make, clock, requests: server.requests, methods: () => server.requests.map(({ path }) => path) };
}

test('one incident is one message: posted, changed, resolved', async () => {
  const { make, requests, methods } = await start();
  await make().notify(notification);
  await make().notify({ ...notification, text: 'PSI .35' });
  await make().notify({ ...notification, severity: 'info', text: '', resolved: true });
  expect(methods()).toEqual(['/chat.postMessage', '/chat.update', '/chat.update']);
  expect(requests[0]).toMatchObject({ authorization: 'Bearer xoxb-secret', body: { channel: 'C024BE91L', text: '🟠 Drift' } });
  expect(requests[2]?.body).toMatchObject({ ts: '1700000000.000000', text: '✅ Drift' });
});

test('a thousand replays, a hundred of them at once, are one message', async () => {
  const { make, methods } = await start();
  await Promise.all(Array.from({ length: 100 }, () => make().notify(notification)));
  for (let index = 0; index < 900; index += 1) await make().notify(notification);
  expect(methods()).toEqual(['/chat.postMessage']);
});

test('a key that comes again after it was resolved is a new message', async () => {
  const { notifier, methods } = await start();
  await notifier.notify(notification);
  await notifier.notify({ ...notification, resolved: true });
  await notifier.notify(notification);
  expect(methods()).toEqual(['/chat.postMessage', '/chat.update', '/chat.postMessage']);
});

test('what could not be told is told by the next run', async () => {
  let down = true;
  const { notifier, methods } = await start((method, index) => (down ? { status: 503, body: {} } : working(method, index)));
  await expect(notifier.notify(notification)).rejects.toMatchObject({ code: 'notifier-unavailable' });
  down = false;
  const tried = methods().length;
  await notifier.notify(notification);
  expect(methods().slice(tried)).toEqual(['/chat.postMessage']);
  down = true;
  await expect(notifier.notify({ ...notification, text: 'more' })).rejects.toMatchObject({ code: 'notifier-unavailable' });
  down = false;
  await notifier.notify({ ...notification, text: 'more' });
  expect(methods().at(-1)).toBe('/chat.update');
});

test('who died while posting is followed by whoever comes two minutes later', async () => {
  const { make, clock, methods, dying } = await start();
  // It has said that it posts, and is never heard of again.
  void dying().notify(notification);
  await expect.poll(() => dying.asked()).toBe(1);
  await make().notify(notification);
  expect(methods()).toEqual([]);
  await clock.sleep(121_000);
  await make().notify(notification);
  expect(methods()).toEqual(['/chat.postMessage']);
});

test('a message that somebody deleted is written anew', async () => {
  const { notifier, methods } = await start((method, index) => (method === '/chat.update' ? { body: { ok: false, error: 'message_not_found' } } : working(method, index)));
  await notifier.notify(notification);
  await notifier.notify({ ...notification, text: 'more' });
  expect(methods()).toEqual(['/chat.postMessage', '/chat.update', '/chat.postMessage']);
});

test('limits pass, refusals say what to do, and a token that is not set is asked for', async () => {
  const { notifier, clock } = await start((method, index) => (index === 0 ? { status: 429, headers: { 'retry-after': '3' }, body: { ok: false, error: 'ratelimited' } } : working(method, index)));
  await notifier.notify(notification);
  expect(clock.slept[0]).toBeGreaterThanOrEqual(3000);
  await stop();
  const { notifier: stranger } = await start(() => ({ body: { ok: false, error: 'not_in_channel' } }));
  await expect(stranger.notify(notification)).rejects.toMatchObject({ code: 'notifier-refused', hint: 'Invite the bot to the channel.' });
});

test('what comes from elsewhere begins no link, mention or formatting of its own', () => {
  const { blocks, text } = slackMessage({ ...notification, title: '<!channel> & co', text: '<https://evil.example|click>', links: [{ title: 'a|b>', url: 'javascript:alert(1)' }, { title: 'x', url: 'https://example.com/a|b>c' }] });
  const shown = JSON.stringify(blocks);
  expect(text).toBe('🟠 &lt;!channel&gt; &amp; co');
  expect(shown).not.toMatch(/<[!@#]/);
  expect(shown.match(/<https?:/g)).toEqual(['<https:']);
  expect(shown).not.toContain('javascript:');
});
