/** Longest text of a cell that a verdict shows. */
const longestExcerpt = 200;

/** The beginning of a text, short enough for a verdict; a cell can hold megabytes. */
export function excerpt(text: string): string {
  // No half of a character that takes two code units.
  return text.length <= longestExcerpt ? text : `${text.slice(0, longestExcerpt - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
