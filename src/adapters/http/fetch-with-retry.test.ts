import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../../test/builders/manual-clock.ts';
import { fetchWithRetry } from './fetch-with-retry.ts';
import type { FetchLimits } from './http-context.ts';
import { publicUrl } from './public-url.ts';
import { retryAfter } from './retry-after.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** Answers in turn; the last answer stays. */
async function serve(...answers: RequestListener[]): Promise<{ url: string; paths: string[] }> {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, paths };
}

const status =
  (code: number, headers: Record<string, string> = {}, body = ''): RequestListener =>
  (_request, response) =>
    response.writeHead(code, headers).end(body);
const good = status(200, {}, 'weather');

const start = Date.parse('2013-06-01T00:00:00Z');
async function ask(url: string, limits: Partial<FetchLimits> = {}): Promise<{ text: string; slept: number[] }> {
  const clock = manualClock(start);
  const body = await fetchWithRetry({ fetch, clock, random: () => 0 }, url, { what: 'source weather', ...limits });
  return { text: Buffer.from(body).toString('utf8'), slept: clock.slept };
}

describe('fetchWithRetry', () => {
  it('asks again after 5xx and 429, and waits twice as long from try to try', async () => {
    const { url, paths } = await serve(status(500), status(503), status(429), good);
    const { text, slept } = await ask(url);
    expect(text).toBe('weather');
    expect(slept).toEqual([500, 1000, 2000]);
    expect(paths).toHaveLength(4);
  });

  it('waits as long as Retry-After says, in seconds or until a date', async () => {
    const { url } = await serve(status(429, { 'retry-after': '7' }), status(503, { 'retry-after': new Date(start + 30_000).toUTCString() }), good);
    const { slept } = await ask(url);
    expect(slept[0]).toBe(7_500);
    // 22.5 s are left until the date.
    expect(slept[1]).toBe(22_500 + 1_000);
  });

  it('does not wait longer than allowed, whatever the service asks', async () => {
    const { url, paths } = await serve(status(429, { 'retry-after': '86400' }), good);
    await expect(ask(url)).rejects.toMatchObject({ code: 'source-unavailable', message: expect.stringMatching(/answered 429; it asks to wait 86400 s, allowed: 60 s/) });
    expect(paths).toHaveLength(1);
  });

  it('ends with what the service said when the tries are spent', async () => {
    const { url, paths } = await serve(status(429, {}, '{"error":true,"reason":"Daily API request limit exceeded."}'));
    await expect(ask(url, { tries: 3 })).rejects.toMatchObject({ code: 'source-unavailable', message: expect.stringMatching(/^source weather: 127\.0\.0\.1:\d+ answered 429: .*Daily API request limit exceeded.*; given up after 3 tries$/) });
    expect(paths).toHaveLength(3);
  });

  it('ends when the time for all tries is spent', async () => {
    const { url } = await serve(status(500));
    await expect(ask(url, { totalTimeout: 3_000 })).rejects.toMatchObject({ message: expect.stringMatching(/given up after 3 tries, as 3 s are spent/) });
  });

  it.each([401, 403])('takes %i for a refusal of the credentials, at once', async (code) => {
    const { url, paths } = await serve(status(code));
    await expect(ask(url)).rejects.toMatchObject({ code: 'source-denied' });
    expect(paths).toHaveLength(1);
  });

  it('does not repeat a request that is wrong, and says why it is', async () => {
    const { url, paths } = await serve(status(400, {}, 'no\nsuch\u001b[31m variable'));
    await expect(ask(url)).rejects.toMatchObject({ code: 'source-unavailable', message: expect.stringContaining('answered 400: no such [31m variable') });
    expect(paths).toHaveLength(1);
  });

  it('never shows the secrets of the query, not even where the service repeats them', async () => {
    const { url } = await serve((request, response) => response.writeHead(400).end(`bad request ${request.url ?? ''}`));
    const failure = await ask(`${url}/v1?apikey=very%20secret&hourly=rain`).catch((error: unknown) => String(error));
    expect(failure).toContain('bad request');
    expect(failure).not.toMatch(/very/);
  });

  it('asks again when the connection breaks within the body', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('half');
      setImmediate(() => response.destroy());
    }, good);
    expect((await ask(url)).text).toBe('weather');
  });

  it('asks again when a chunked body breaks off', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200).write('half');
      setImmediate(() => response.destroy());
    }, good);
    expect((await ask(url)).text).toBe('weather');
  });

  it('gives up a try that does not answer in time, and one whose body does not end', async () => {
    const { url } = await serve(
      () => undefined,
      (_request, response) => void response.writeHead(200).write('half'),
      good,
    );
    expect((await ask(url, { tryTimeout: 40 })).text).toBe('weather');
    const slow = await serve(() => undefined);
    await expect(ask(slow.url, { tryTimeout: 20, tries: 2 })).rejects.toMatchObject({ message: expect.stringContaining('did not answer in full within 0.02 s; given up after 2 tries') });
  });

  it('says that nobody listens', async () => {
    const { url } = await serve(good);
    await new Promise((resolve) => servers.pop()?.close(resolve));
    await expect(ask(url, { tries: 2 })).rejects.toMatchObject({ code: 'source-unavailable', message: expect.stringContaining('ECONNREFUSED') });
  });

  it('never reads more than allowed: declared or not', async () => {
    const declared = await serve(status(200, {}, 'x'.repeat(2000)));
    await expect(ask(declared.url, { maximumBytes: 1000 })).rejects.toMatchObject({ code: 'source-unreadable', message: expect.stringContaining('allowed: 1000') });
    let sent = 0;
    const endless = await serve((_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(1000))) sent += 1000;
      };
      response.writeHead(200).on('drain', more);
      more();
    });
    await expect(ask(endless.url, { maximumBytes: 5000 })).rejects.toMatchObject({ code: 'source-unreadable' });
    expect(sent).toBeGreaterThan(5000);
  });

  it('follows redirects within http, not to elsewhere and not for ever', async () => {
    const { url, paths } = await serve(status(302, { location: '/there?key=1' }), good);
    expect((await ask(url)).text).toBe('weather');
    expect(paths).toEqual(['/', '/there?key=1']);
    const file = await serve(status(302, { location: 'file:///etc/passwd' }));
    await expect(ask(file.url)).rejects.toMatchObject({ code: 'source-unavailable', message: expect.stringContaining('not followed') });
    const loop = await serve(status(307, { location: '/' }));
    await expect(ask(loop.url)).rejects.toMatchObject({ message: expect.stringContaining('more than 5 times') });
  });

  it('refuses an endpoint that is no plain URL, without showing it', async () => {
    for (const url of ['ftp://host/x', 'http://[bad', 'https://me:pass@host/x']) {
      const failure = await ask(url).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'input-invalid' });
      expect(String(failure)).not.toMatch(/pass@/);
    }
  });
});

describe('retryAfter', () => {
  it('reads seconds and dates, and nothing else', () => {
    expect(retryAfter('120', start)).toBe(120_000);
    expect(retryAfter('Sat, 01 Jun 2013 00:00:05 GMT', start)).toBe(5_000);
    expect(retryAfter('Fri, 31 May 2013 00:00:00 GMT', start)).toBe(0);
    for (const nonsense of [null, '', '-1', '1.5', 'soon', '5 apples']) expect(retryAfter(nonsense, start)).toBeUndefined();
  });
});

describe('publicUrl', () => {
  it('leaves out what carries secrets and keeps the rest', () => {
    expect(publicUrl('https://host/v1?apikey=1&hourly=a&door=2&X-Amz-Signature=3#4', new URL('https://host/v1?apikey=1&door=2&X-Amz-Signature=3'))).toBe('https://host/v1?hourly=a');
  });
});
