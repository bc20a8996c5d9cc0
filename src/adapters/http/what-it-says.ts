import { readBody } from './read-body.ts';

/**
 * The beginning of an error's body as one plain line; a page of HTML says nothing to the reader of a log.
 * @param redact takes secrets out, before anything is shortened: part of one would no longer be found
 */
export async function whatItSays(response: Response, redact: (text: string) => string): Promise<string> {
  const body = await readBody(response, 64 * 1024).catch(() => new Uint8Array());
  const text = Buffer.from(body).toString('utf8');
  if (/^\s*</.test(text)) return '';
  // Control characters could forge lines or commands in the runner's log.
  const plain = redact(text).replace(/[\p{C}\s]+/gu, ' ').trim();
  return plain.length > 200 ? `${plain.slice(0, 200)}…` : plain;
}
