import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { UserError } from '../../errors.ts';
import { createTrinoEngine } from './trino.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A server of Trino's protocol that gives these answers in turn: a status, or a body (`nextUri` added where another follows). */
async function engineOn(answers: readonly (number | Record<string, unknown> | string)[]): Promise<{ engine: ReturnType<typeof createTrinoEngine>; requests: { method: string | undefined; user: unknown; zone: unknown }[] }> {
  const requests: { method: string | undefined; user: unknown; zone: unknown }[] = [];
  let endpoint = '';
  const listener: RequestListener = (request, response) => {
    const answer = answers[requests.length];
    requests.push({ method: request.method, user: request.headers['x-trino-user'], zone: request.headers['x-trino-time-zone'] });
    if (typeof answer === 'number') {
      response.writeHead(answer).end();
      return;
    }
    const last = !answers.slice(requests.length).some((next) => typeof next === 'object');
    const body = typeof answer === 'object' ? JSON.stringify({ id: 'q1', ...answer, ...(last ? {} : { nextUri: `${endpoint}/v1/statement/queued/q1/${requests.length}` }) }) : answer;
    response.writeHead(200, { 'content-type': typeof answer === 'object' ? 'application/json' : 'text/html' }).end(body);
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => server.close());
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { engine: createTrinoEngine({ endpoint, catalog: 'c', schema: 's', user: 'someone' }), requests };
}

const columns = [{ name: 'n', type: 'bigint' }];

async function failure(work: Promise<unknown>): Promise<UserError> {
  const error = await work.then(() => undefined, (cause: unknown) => cause);
  if (!(error instanceof UserError)) throw new Error('expected a UserError', { cause: error });
  return error;
}

describe('the Trino engine', () => {
  it('joins the pages of an answer, asked as the user and in UTC', async () => {
    const { engine, requests } = await engineOn([{}, { columns, data: [[1], [2]] }, {}, { columns, data: [[3]] }]);
    expect(await engine.rows('SELECT n FROM t')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(requests.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET', 'GET']);
    expect(new Set(requests.map(({ user, zone }) => `${String(user)} ${String(zone)}`))).toEqual(new Set(['someone UTC']));
  });

  it('asks for the same page again where the server asks for that, and loses no row', async () => {
    const { engine } = await engineOn([503, {}, { columns, data: [[1]] }, 502, 429, { columns, data: [[2]] }]);
    expect(await engine.rows('SELECT n FROM t')).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('reports a query that the warehouse cannot run, with the warehouse’s own words and the query', async () => {
    const { engine } = await engineOn([{}, { error: { errorName: 'COLUMN_NOT_FOUND', message: "line 1:8: Column 'x' cannot be resolved", errorType: 'USER_ERROR' } }]);
    const error = await failure(engine.rows('SELECT x FROM t'));
    expect([error.code, error.message]).toEqual(['warehouse-query-failed', "The warehouse cannot run a query: COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved (SELECT x FROM t)"]);
  });

  it('reports an error of the first answer, which has no next page', async () => {
    const { engine } = await engineOn([{ error: { errorName: 'SYNTAX_ERROR', message: 'no', errorType: 'USER_ERROR' } }]);
    expect((await failure(engine.rows('SELEC'))).code).toBe('warehouse-query-failed');
  });

  it('does not hide a failure after some pages of rows', async () => {
    const { engine } = await engineOn([{}, { columns, data: [[1]] }, { error: { errorName: 'EXCEEDED_MEMORY_LIMIT', message: 'too much', errorType: 'INSUFFICIENT_RESOURCES' } }]);
    expect((await failure(engine.rows('SELECT n FROM t'))).message).toContain('EXCEEDED_MEMORY_LIMIT');
  });

  it('says unavailable where nothing listens, where the user is refused, and where something else answers', async () => {
    const nothing = await failure(createTrinoEngine({ endpoint: 'http://127.0.0.1:9', catalog: 'c', schema: 's', user: 'u' }).rows('SELECT 1'));
    const refused = await failure((await engineOn([401])).engine.rows('SELECT 1'));
    const other = await failure((await engineOn(['<html>hello</html>'])).engine.rows('SELECT 1'));
    expect([nothing.code, refused.code, other.code]).toEqual(['warehouse-unavailable', 'warehouse-unavailable', 'warehouse-unavailable']);
    expect(refused.message).toContain('refuses the user (HTTP 401)');
    expect(other.message).toContain('not a Trino server');
  });
});
