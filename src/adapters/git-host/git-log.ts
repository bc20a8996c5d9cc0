import type { CommitSummary } from '../../ports/git-host.ts';

/** Fields separated by unit separators, commits by record separators, trailers by group separators: none can occur in a message Taxiway writes. */
export const logFormat = '%H%x1f%ct%x1f%s%x1f%(trailers:only=true,unfold=true,separator=%x1d,key_value_separator=%x1c)%x1e';

export function parseLog(text: string): CommitSummary[] {
  return text
    .split('\u001e')
    .map((entry) => entry.replace(/^\n/, ''))
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [commit = '', seconds = '', subject = '', trailers = ''] = entry.split('\u001f');
      return { commit, subject, trailers: parseTrailers(trailers), time: Number(seconds) * 1000 };
    });
}

function parseTrailers(text: string): Record<string, string> {
  const pairs = text
    .split('\u001d')
    .filter((pair) => pair.includes('\u001c'))
    .map((pair): [string, string] => {
      const [key = '', value = ''] = pair.split('\u001c');
      return [key.trim(), value.trim()];
    });
  return Object.fromEntries(pairs);
}
