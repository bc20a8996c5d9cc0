/** An answer that is not to be had by asking again: it is too large. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/** An answer that broke off. */
export class BodyCutError extends Error {
  override readonly name = 'BodyCutError';
}

/**
 * The whole body, never more than `maximum` bytes of it in memory: the count is of bytes after decompression, as they come.
 * @throws BodyTooLargeError, BodyCutError (shorter than its Content-Length), and what the connection throws
 */
export async function readBody(response: Response, maximum: number): Promise<Uint8Array> {
  const declared = declaredLength(response.headers);
  if (declared !== undefined && declared > maximum) throw await abandon(response, declared, maximum);
  const parts: Uint8Array[] = [];
  let size = 0;
  if (response.body !== null) {
    for await (const part of response.body as AsyncIterable<Uint8Array>) {
      size += part.byteLength;
      // Leaving the loop cancels the stream, and with it the connection.
      if (size > maximum) throw tooLarge(size, maximum);
      parts.push(part);
    }
  }
  if (declared !== undefined && size !== declared) throw new BodyCutError(`${size} of ${declared} bytes arrived`);
  return Buffer.concat(parts, size);
}

/** Content-Length counts bytes on the wire: it says nothing about a body that fetch has decompressed. */
function declaredLength(headers: Headers): number | undefined {
  const text = headers.get('content-length') ?? '';
  return headers.has('content-encoding') || !/^\d{1,15}$/.test(text) ? undefined : Number(text);
}

async function abandon(response: Response, size: number, maximum: number): Promise<BodyTooLargeError> {
  await response.body?.cancel();
  return tooLarge(size, maximum);
}

function tooLarge(size: number, maximum: number): BodyTooLargeError {
  return new BodyTooLargeError(`the answer has at least ${size} bytes; allowed: ${maximum}`);
}
