import type { Notification } from '../../../ports/notifier.ts';

/** What Slack shows of a section, in characters. Source: api.slack.com/reference/block-kit/blocks#section. */
const longestText = 3000;
const longestTitle = 150;

const signs = { info: '🔵', warning: '🟠', critical: '🔴' } as const;

/** Slack's three characters that begin something else; everything that comes from elsewhere goes through here. Source: api.slack.com/reference/surfaces/formatting#escaping. */
const escapeText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Cut before it is escaped, so that no escape is cut in two. */
function shortened(text: string, length: number): string {
  const characters = Array.from(text);
  return escapeText(characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`);
}

/** Only http and https become links, and nothing in an address ends the link or becomes its text. */
function linkOf({ title, url }: Notification['links'][number]): string {
  const text = shortened(title, longestTitle).replaceAll('|', '¦');
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) return text;
  const address = escapeText(new URL(url).href).replaceAll('|', '%7C');
  return address.length > 1000 ? text : `<${address}|${text}>`;
}

/** The members of `chat.postMessage` and `chat.update` that are the message itself. */
export function slackMessage({ severity, title, text, links, resolved }: Notification): { readonly text: string; readonly blocks: readonly object[] } {
  const head = `${resolved ? '✅' : signs[severity]} ${shortened(title, longestTitle)}`;
  // Escapes take up to five characters for one.
  const body = shortened(text, longestText / 5);
  const section = (content: string): object => ({ type: 'section', text: { type: 'mrkdwn', text: content, verbatim: true } });
  return {
    text: head,
    blocks: [section(`*${head.replaceAll('*', '∗')}*`), ...(body === '' ? [] : [section(body)]), ...(links.length === 0 ? [] : [section(links.slice(0, 10).map(linkOf).join('\n').slice(0, longestText))])],
  };
}
