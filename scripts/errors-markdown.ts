import { errorCatalogue } from '../src/errors.ts';

/** docs/errors.md: the catalogue of src/errors.ts, in alphabetical order. */
export function errorsMarkdown(): string {
  const rows = Object.entries(errorCatalogue)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, meaning]) => `| \`${code}\` | ${meaning.replaceAll('|', '\\|')} |`);
  return [
    '<!-- Generated from src/errors.ts by npm run generate. Do not edit. -->',
    '# Errors',
    '',
    'Every error that a user can cause or mend has a code. The message says what was found, where, and what is allowed; the line below it says how to mend it.',
    'Anything without a code is a bug in Taxiway: please report it.',
    '',
    '| Code | Meaning |',
    '|---|---|',
    ...rows,
    '',
  ].join('\n');
}
