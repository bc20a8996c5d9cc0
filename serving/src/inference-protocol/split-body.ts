import { isUtf8 } from 'node:buffer';
import { RequestError } from '../request-error.ts';

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

/**
 * Splits a body of the binary tensor data extension: JSON, then bytes. Without the header the whole body is JSON.
 * @throws RequestError `inference-header-invalid` or `body-invalid`.
 */
export function splitBody(body: Buffer, header: string | string[] | undefined): SplitBody {
  const length = headLength(body, header);
  const text = body.subarray(0, length);
  if (!isUtf8(text)) throw new RequestError('body-invalid', 'The JSON part of the body is not UTF-8.');
  try {
    return { head: JSON.parse(text.toString('utf8')) as unknown, binary: body.subarray(length) };
  } catch (error) {
    throw new RequestError('body-invalid', `The body cannot be read: ${error instanceof Error ? error.message.slice(0, 200) : 'it is not JSON'}.`);
  }
}
