/** Parameters whose values are nobody else's business: API keys, tokens, signatures. */
const secretName = /key|token|secret|sign|pass|pwd|credential|^sig$|^sas$|code$|jwt|bearer|auth|appid|access/i;

/**
 * The URL as it may be shown and recorded: without fragment, and without whatever the configured endpoint carries in its own query, for who
 * wrote a parameter there may mean it to be secret. What the request itself says stays: it names the answer.
 */
export function publicUrl(url: string, endpoint: URL): string {
  const shown = new URL(url);
  shown.hash = '';
  for (const name of endpoint.searchParams.keys()) shown.searchParams.delete(name);
  return shown.href;
}

/** Takes the URL's secrets out of a text that somebody else wrote, e.g. an answer that repeats the request. */
export function withoutSecrets(text: string, url: string): string {
  const secrets = [...new URL(url).searchParams].filter(([name, value]) => secretName.test(name) && value !== '').map(([, value]) => value);
  return secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]).reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}

/** A text that may be a URL, without user, password and query: what a person typed may hold a secret, and errors are read by many. */
export function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^/@\s]*@/, '//***@').replace(/\?\S*$/, '?***');
}
