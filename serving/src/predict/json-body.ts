import { isUtf8 } from 'node:buffer';
import type { FastifyRequest } from 'fastify';
import { RequestError } from '../request-error.ts';
import { checkJsonSize, type JsonLimits } from './json-size.ts';

const otherCharset = /;\s*charset\s*=\s*(?!"?(?:utf-?8|us-ascii)"?\s*(?:;|$))/i;

/**
 * Reads a JSON body from its bytes: as text, what is not UTF-8 would silently become U+FFFD. Members named `__proto__` are columns like any other,
 * which no model has: nothing is ever copied from a row by name.
 * @throws RequestError `content-type-unsupported` for another charset or a compressed body, `body-too-large` for more than `limits`, `body-invalid` for what is not JSON.
 */
export function parseJsonBody(request: Pick<FastifyRequest, 'headers'>, body: Buffer, limits: JsonLimits): unknown {
  refuseEncoded(request);
  const type = request.headers['content-type'] ?? '';
  if (otherCharset.test(type)) throw new RequestError('content-type-unsupported', `The content type ${JSON.stringify(type.slice(0, 100))} is not read; send application/json in UTF-8.`);
  if (body.length === 0) throw new RequestError('body-invalid', 'The body is empty; send one row ({ "column": value, … }) or { "rows": [row, …] }.');
  checkJsonSize(body, limits);
  if (!isUtf8(body)) throw new RequestError('body-invalid', 'The body is not UTF-8.');
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (error) {
    throw new RequestError('body-invalid', `The body cannot be read: ${error instanceof Error ? error.message.slice(0, 200) : 'it is not JSON'}.`);
  }
}

/** @throws RequestError `content-type-unsupported` where the body is compressed: what it would become is not known before it is unpacked. */
export function refuseEncoded({ headers }: Pick<FastifyRequest, 'headers'>): void {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return;
  throw new RequestError('content-type-unsupported', `The content encoding ${JSON.stringify(encoding.slice(0, 60))} is not read; send the body as it is.`);
}
