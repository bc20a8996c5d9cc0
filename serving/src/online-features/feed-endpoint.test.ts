import { expect, it } from 'vitest';
import { FeedEndpoint } from './feed-endpoint.ts';

const hour = 3_600_000;
const now = Date.parse('2013-06-13T12:00:00Z');

function scene(answer: (from: string) => Response) {
  const asked: string[][] = [];
  const feed = new FeedEndpoint('http://feed.test/events?key=secret', 36 * hour, (input) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const [from, to] = [url.searchParams.get('from') ?? '', url.searchParams.get('to') ?? ''];
    asked.push([from, to]);
    return Promise.resolve(answer(from));
  });
  const poll = async (moment: number): Promise<string[]> => {
    const lines: string[] = [];
    for await (const part of feed.poll(moment)) lines.push(...part);
    return lines;
  };
  return { asked, poll };
}

it('asks for the look-back by days, then only for the last hour again, and gives each line once', async () => {
  const told = ['a'];
  const { asked, poll } = scene((from) => new Response(from.startsWith('2013-06-12T00') ? 'old\n' : `${told.join('\n')}\n`));
  expect(await poll(now)).toEqual(['old', 'a']);
  told.push('b');
  expect(await poll(now + 1000)).toEqual(['b']);
  expect(asked).toEqual([
    ['2013-06-12T00:00:00.000Z', '2013-06-13T00:00:00.000Z'],
    ['2013-06-13T00:00:00.000Z', '2013-06-13T12:00:00.001Z'],
    ['2013-06-13T11:00:00.001Z', '2013-06-13T12:00:01.001Z'],
  ]);
});

it('fails without the secret of its URL, and asks for the same time again', async () => {
  let status = 500;
  const { asked, poll } = scene(() => (status === 200 ? new Response('a\n') : new Response('', { status })));
  await expect(poll(now)).rejects.toThrow(/^the feed at feed\.test answers 500$/);
  status = 200;
  expect(await poll(now)).toContain('a');
  expect(asked[1]).toEqual(asked[0]);
});
