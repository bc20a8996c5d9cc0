import { isUtf8 } from 'node:buffer';
import type { FastifyRequest } from 'fastify';
import { RequestError } from '../request-error.ts';

const otherCharset = /;\s*charset\s*=\s*(?!"?(?:utf-?8|us-ascii)"?\s*(?:;|$))/i;

/**
 * Reads a JSON body from its bytes: as text, what is not UTF-8 would silently become U+FFFD. Members named `__proto__` are columns like any other,
 * which no model has: nothing is ever copied from a row by name.
 * @throws RequestError `content-type-unsupported` for another charset, `body-invalid` for what is not JSON.
 */
export function parseJsonBody(request: Pick<FastifyRequest, 'headers'>, body: Buffer): unknown {
  const type = request.headers['content-type'] ?? '';
  if (otherCharset.test(type)) throw new RequestError('content-type-unsupported', `The content type ${JSON.stringify(type.slice(0, 100))} is not read; send application/json in UTF-8.`);
  if (body.length === 0) throw new RequestError('body-invalid', 'The body is empty; send one row ({ "column": value, … }) or { "rows": [row, …] }.');
  if (!isUtf8(body)) throw new RequestError('body-invalid', 'The body is not UTF-8.');
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (error) {
    throw new RequestError('body-invalid', `The body cannot be read: ${error instanceof Error ? error.message.slice(0, 200) : 'it is not JSON'}.`);
  }
}
