import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeMarkdown, escapeMermaid, escapeSummary } from './escape-markdown.ts';

const hostile = [
  '<script>alert(1)</script>',
  '[click](https://evil.example)',
  '![x](https://evil.example/a.png)',
  '@everyone look',
  'fixes #12',
  'https://evil.example',
  'www.evil.example',
  '::set-output name=x::y',
  '| a | b |\n|---|---|',
  '```\nrun\n```',
  '<!-- taxiway:gate -->',
  '- [ ] task',
  '1. first',
  '$\\frac{1}{2}$',
  'GH-12',
];

describe('escaped text', () => {
  test.each(hostile)('%j cannot act', (text) => {
    const escaped = escapeMarkdown(text);
    expect(escaped).not.toMatch(/[<>]|(?<!&)#\d|@|:\/\/|(?<!\\)[[\]`|!*_$]|[\r\n]|::|www\.|GH-\d|^\s*([-+]|\d+[.)])\s/);
  });

  test('of any characters never holds markup, a mention, a link or a line break', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.constantFrom(...'<>[]()!`|*_~#@:/\\.-w1 \n&$'), { maxLength: 30 }).map((parts) => parts.join(''))), (text) => {
        const escaped = escapeMarkdown(text);
        expect(escaped).not.toMatch(/[<>@\r\n\u202e]|:\/\/|::|(?<![\\])[[\]`|!*_$]/);
        // An even run of backslashes before a mark would set it free again.
        const runs = [...escaped.matchAll(/(\\+)[[\]`|!*_$~(){}^]/g)].map(([, run]) => (run?.length ?? 0) % 2);
        expect(runs.includes(0)).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  test('in a summary holds no mark of HTML or Markdown at all', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...hostile, '</summary></details><img src=x>')), (text) => {
        expect(escapeSummary(text).replace(/&#\d+;/g, '')).toMatch(/^[\p{L}\p{N} .,]*$/u);
      }),
      { numRuns: 200 },
    );
    expect(escapeSummary('Unique flight_id, 5 % of rows')).toBe('Unique flight&#95;id, 5 &#37; of rows');
  });

  test('harmless text stays readable', () => {
    expect(escapeMarkdown('0.861 at the gate')).toBe('0.861 at the gate');
    expect(escapeMarkdown('PSI of departure delay: 0.213, n 25,004')).toBe('PSI of departure delay: 0.213, n 25,004');
  });

  test('a mermaid label cannot end its quotes or start a directive', () => {
    expect(escapeMermaid('a"]; click b "x" %%{init}%%\nend')).not.toMatch(/["\];{}\n]/);
  });
});
