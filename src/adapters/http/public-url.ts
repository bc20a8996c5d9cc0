/** Parameters whose values are nobody else's business: API keys, tokens, signatures. */
const secretName = /key|token|secret|signature|password|credential|^sig$|^auth/i;

/** The URL as it may be shown and recorded: without its fragment and the parameters that carry secrets. */
export function publicUrl(url: string): string {
  const shown = new URL(url);
  shown.hash = '';
  for (const name of [...shown.searchParams.keys()]) if (secretName.test(name)) shown.searchParams.delete(name);
  return shown.href;
}

/** Takes the URL's secrets out of a text that somebody else wrote, e.g. an answer that repeats the request. */
export function withoutSecrets(text: string, url: string): string {
  const secrets = [...new URL(url).searchParams].filter(([name, value]) => secretName.test(name) && value !== '').map(([, value]) => value);
  return secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]).reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}
