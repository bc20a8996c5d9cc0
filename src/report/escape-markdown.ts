/**
 * Text that may come from data, files or people, made safe to stand in Markdown on GitHub: no HTML, link, image, mention, issue reference,
 * code fence, table break or workflow command survives. Line breaks become spaces, so a cell stays a cell; control characters are dropped.
 * The one place where this happens.
 */
export function escapeMarkdown(text: string): string {
  return (
    oneLine(text)
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/[\\`*_{}[\]()~|!$^]/g, (character) => `\\${character}`)
      // Mentions, issue references, bare links and workflow commands are found by GitHub in plain text: numeric entities break the word without showing.
      .replace(/@/g, '&#64;')
      .replace(/#/g, (hash, offset: number, whole: string) => (whole[offset - 1] === '&' ? hash : '&#35;'))
      .replace(/:\/\//g, '&#58;//')
      .replace(/::/g, '&#58;&#58;')
      .replace(/\bwww\./gi, (match) => `${match.slice(0, -1)}&#46;`)
      .replace(/\bGH-(?=\d)/gi, (match) => `${match.slice(0, -1)}&#45;`)
      .replace(/^(\s*)([-+=]|\d+[.)])(?=[\s=-]|$)/, (_match, space: string, marker: string) => `${space}${marker.slice(0, -1)}&#${marker.charCodeAt(marker.length - 1)};`)
  );
}

/**
 * Text inside `<summary>`, where GitHub reads HTML and no Markdown, so that a backslash would be shown: everything but letters, digits, spaces, commas and full stops
 * is a numeric entity.
 */
export function escapeSummary(text: string): string {
  return oneLine(text)
    .replace(/[^\p{L}\p{N} .,]/gu, (character) => `&#${character.codePointAt(0)};`)
    .replace(/\bwww\./gi, (match) => `${match.slice(0, -1)}&#46;`);
}

function oneLine(text: string): string {
  return (
    text
      .toWellFormed()
      .replace(/[\r\n\u2028\u2029\t]+/g, ' ')
      // Control and bidirectional-override characters can hide what is really written.
      .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
  );
}

/** Text inside a mermaid label: only letters, digits, spaces and harmless punctuation. */
export function escapeMermaid(text: string): string {
  return text.replace(/[^\p{L}\p{N} .,+−–/%()_≤≥=-]/gu, ' ').replace(/\s+/g, ' ').trim();
}
