import { readBody } from './read-body.ts';

/**
 * The beginning of an error's body as one plain line; a page of HTML says nothing to the reader of a log.
 * @param redact takes secrets out, before anything is shortened: part of one would no longer be found
 */
export async function whatItSays(response: Response, redact: (text: string) => string): Promise<string> {
  return plainLine(await readText(response), redact);
}

/** An error's body as far as it could be read; empty where it could not. */
export async function readText(response: Response): Promise<string> {
  const body = await readBody(response, 64 * 1024).catch(() => new Uint8Array());
  return Buffer.from(body).toString('utf8');
}

/** As whatItSays: of an answer that was read before. S3 answers XML, whose code is a word of its own. */
export function plainLine(text: string, redact: (text: string) => string): string {
  if (/^\s*</.test(text)) return /<Code>(\w{1,60})<\/Code>/.exec(text)?.[1] ?? '';
  // Control characters could forge lines or commands in the runner's log.
  const plain = redact(text).replace(/[\p{C}\s]+/gu, ' ').trim();
  return plain.length > 200 ? `${plain.slice(0, 200)}…` : plain;
}
