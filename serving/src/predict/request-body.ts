import { RequestError } from '../request-error.ts';

const shape = 'the body is one row ({ "column": value, … }) or { "rows": [row, …] }';

/**
 * The rows of a request: one object, or `rows`.
 * @throws RequestError where the body has another shape, no rows or more than `maximumRows`.
 */
export function readRequestBody(body: unknown, maximumRows: number): readonly unknown[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new RequestError('body-invalid', `The body is not a JSON object; ${shape}.`);
  if (!('rows' in body)) return [body];
  const { rows, ...others } = body;
  if (!Array.isArray(rows)) throw new RequestError('body-invalid', `"rows" is not a list; ${shape}.`);
  const [other] = Object.keys(others);
  if (other !== undefined) throw new RequestError('body-invalid', `"${other.slice(0, 80)}" is not allowed beside "rows"; ${shape}.`);
  if (rows.length === 0) throw new RequestError('rows-empty', 'The request has no rows; send at least one.');
  if (rows.length > maximumRows) throw new RequestError('too-many-rows', `The request has ${rows.length} rows; at most ${maximumRows} are allowed. Send the rest in further requests.`);
  return rows as readonly unknown[];
}
