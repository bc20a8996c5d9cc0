import { isUtf8 } from 'node:buffer';
import { checkJsonSize } from '../predict/json-size.ts';
import { RequestError } from '../request-error.ts';

/** Rows as lists of their own in two tensors, and some more. Elements are numbers and texts in lists, which are as small as they look. */
const jsonLimits = { structures: 250_000, elements: Number.POSITIVE_INFINITY };

export const headerLengthName = 'inference-header-content-length';

export interface SplitBody {
  readonly head: unknown;
  /** What follows the JSON head: the elements of binary tensors, one after the other. */
  readonly binary: Buffer;
}

function headLength(body: Buffer, header: string | string[] | undefined): number {
  if (header === undefined) return body.length;
  if (typeof header === 'string' && /^\d{1,12}$/.test(header) && Number(header) >= 2 && Number(header) <= body.length) return Number(header);
  throw new RequestError('inference-header-invalid', `The header Inference-Header-Content-Length is ${JSON.stringify(header).slice(0, 60)}; it must be the bytes of the JSON part, from 2 to the body's ${body.length}.`);
}

export const jsonTooLarge = (bytes: number, maximum: number): RequestError =>
  new RequestError('body-too-large', `The JSON part has ${bytes} bytes; at most ${maximum} are read. Send the tensors as bytes behind it (binary_data_size), or fewer rows per request.`);

/**
 * Splits a body of the binary tensor data extension: JSON, then bytes. Without the header the whole body is JSON.
 * @param maximumJsonBytes JSON becomes several times its size in memory, bytes do not
 * @throws RequestError `inference-header-invalid`, `body-too-large` or `body-invalid`.
 */
export function splitBody(body: Buffer, header: string | string[] | undefined, maximumJsonBytes: number): SplitBody {
  const length = headLength(body, header);
  if (length > maximumJsonBytes) throw jsonTooLarge(length, maximumJsonBytes);
  const text = body.subarray(0, length);
  checkJsonSize(text, jsonLimits);
  if (!isUtf8(text)) throw new RequestError('body-invalid', 'The JSON part of the body is not UTF-8.');
  try {
    return { head: JSON.parse(text.toString('utf8')) as unknown, binary: body.subarray(length) };
  } catch (error) {
    throw new RequestError('body-invalid', `The body cannot be read: ${error instanceof Error ? error.message.slice(0, 200) : 'it is not JSON'}.`);
  }
}
