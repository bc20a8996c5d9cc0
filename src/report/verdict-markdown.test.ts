import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exampleVerdict } from '../../test/builders/example-verdict.ts';
import type { Check, Verdict } from '../verdict/verdict.ts';
import { stickyMarker, verdictMarkdown } from './verdict-markdown.ts';

test('a refused gate shows outcome, value with interval, threshold, n and what to do', () => {
  const markdown = verdictMarkdown(exampleVerdict());
  expect(markdown).toContain('## ❌ fail · evaluate-gate · flight-delay');
  expect(markdown).toContain('**0.012** [0.006, 0.018]');
  expect(markdown).toContain('gain ≥ 0.020');
  expect(markdown).toContain('27,004');
  expect(markdown).toContain('### What to do');
});

test('charts become mermaid, figures that do not decide are folded', () => {
  const markdown = verdictMarkdown(exampleVerdict());
  expect(markdown).toContain('xychart-beta');
  expect(markdown.indexOf('<details>')).toBeLessThan(markdown.indexOf('Brier score: candidate'));
});

test('text from data cannot break out of its cell', () => {
  const verdict = exampleVerdict();
  const [first] = verdict.checks;
  if (first === undefined) throw new Error('no check');
  const markdown = verdictMarkdown({ ...verdict, checks: [{ ...first, title: '| x |\n<img src=y> @team', message: '[go](http://evil.example)' }] });
  expect(markdown).not.toMatch(/<img|@team|\[go\]|http:\/\//);
});

test('a marker names step and subject and cannot close its comment early', () => {
  expect(stickyMarker('evaluate-gate', 'flight-delay')).toBe('<!-- taxiway:evaluate-gate:flight-delay -->');
  expect(stickyMarker('a', '--><b>')).not.toMatch(/--><b>/);
});

const failing: Check = { id: 'range', title: 'Numbers inside their ranges', value: 4, unit: 'row', severity: 'error', verdict: 'fail', remedy: 'Look at the examples.' };
const withChecks = (...checks: Check[]): Verdict => ({ ...exampleVerdict(), checks });

describe('a failing check', () => {
  test('says since when it fails and in how many runs', () => {
    const markdown = verdictMarkdown(withChecks({ ...failing, message: '4 rows to quarantine', since: '2013-10-01T00:00:00.000Z', details: { failedRuns: 3 } }));
    expect(markdown).toContain('4 rows to quarantine; failing since 2013-10-01, 3 runs |');
    expect(verdictMarkdown(withChecks({ ...failing, since: '2013-10-01T06:30:00Z' }))).toContain('failing since 2013-10-01 06:30 UTC |');
  });

  test('that does not block says so, and decides nothing', () => {
    const markdown = verdictMarkdown(withChecks({ ...failing, blocking: false }));
    expect(markdown).toContain('| does not block |');
    expect(markdown).toContain('_No check decided here._');
    expect(verdictMarkdown(withChecks({ ...failing, blocking: false, verdict: 'pass' }))).not.toContain('does not block');
  });

  test('shows at most five example rows, folded, long values cut', () => {
    const examples = Array.from({ length: 9 }, (_, index) => ({ flight_id: `UA${index}`, wind_speed: 1048.36, note: 'x'.repeat(500), reasons: ['range: a', 'pattern: b'], gone: null }));
    const markdown = verdictMarkdown(withChecks({ ...failing, details: { examples } }));
    expect(markdown).toContain('<details><summary>Example rows: Numbers inside their ranges</summary>');
    expect(markdown).toContain('| flight\\_id | wind\\_speed | note | reasons | gone |');
    expect(markdown).toContain(`| UA4 | 1048.36 | ${'x'.repeat(79)}… | range: a; pattern: b | – |`);
    expect(markdown).not.toContain('UA5');
  });

  test('without readable examples shows none', () => {
    for (const examples of ['text', [], [1, null, 'a', []], [{}], { a: 1 }] as NonNullable<Check['details']>[string][]) {
      expect(verdictMarkdown(withChecks({ ...failing, details: { examples } }))).not.toContain('Example rows');
    }
  });
});

const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(fc.constantFrom('|', '\\', '`', '```', '\n', '\r\n\r\n', '</details>', '<details>', '</summary>', '<!--', '-->', '&', '&#124;', '<', '>', '"', '| --- |', '@team', '\u2028', '\ud83d', ' ', 'a'), { maxLength: 20 }).map((parts) => parts.join('')),
);

describe('hostile example rows', () => {
  test('cannot break out of their table or their fold', () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(hostileText, fc.oneof(hostileText, fc.array(hostileText, { maxLength: 3 }), fc.double(), fc.constant(null)), { minKeys: 1, maxKeys: 4 }), { minLength: 1, maxLength: 5 }), hostileText, (rows, title) => {
        const examples = rows as NonNullable<Check['details']>[string][];
        const markdown = verdictMarkdown(withChecks({ ...failing, title, message: title, details: { examples } }));
        expect(markdown.match(/<[^>]*>/g)).toEqual(['<details>', '<summary>', '</summary>', '</details>', '<details>', '<summary>', '</summary>', '</details>']);
        const lines = markdown.split('\n');
        const start = lines.findIndex((line) => line.startsWith('<details><summary>Example rows: '));
        const end = lines.indexOf('</details>', start);
        const table = lines.slice(start + 2, end - 1);
        expect(table).toHaveLength(2 + rows.length);
        // A pipe after a backslash is text; every other one is a border.
        const borders = table.map((line) => line.match(/(?<!\\)\|/g)?.length);
        expect(new Set(borders).size).toBe(1);
        expect(borders[0]).toBe(Math.min(12, new Set(rows.flatMap((row) => Object.keys(row))).size) + 1);
        expect(markdown).not.toMatch(/\r|\u2028|@team/);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a comment', () => {
  const monster = (checks: number, text: number): Verdict => ({
    ...exampleVerdict(),
    summary: '|'.repeat(text),
    checks: Array.from({ length: checks }, (_, index) => ({
      ...failing,
      id: `check-${index}`,
      title: `${'@'.repeat(text)} ${index}`,
      verdict: index === checks - 1 ? 'fail' : 'pass',
      message: '::'.repeat(text),
      details: { examples: Array.from({ length: index < 60 ? 5 : 0 }, () => Object.fromEntries(Array.from({ length: 12 }, (_, column) => [`column_${column}`, '://'.repeat(200)]))) },
    })),
    subjects: { in: Object.fromEntries(Array.from({ length: checks }, (_, index) => [`source ${index}`, '#'.repeat(text)])), out: {} },
    notes: Array.from({ length: checks }, () => '#'.repeat(text)),
  });

  test.each([
    [1, 10],
    [12, 30],
    [60, 10],
    [300, 200],
    [1500, 5],
    [2, 20_000],
  ])('of %i checks with texts of %i characters stays under what GitHub takes', (checks, text) => {
    const markdown = verdictMarkdown(monster(checks, text));
    expect(markdown.length).toBeLessThan(65_536 - 500);
    // What failed is never cut.
    expect(markdown).toContain('❌ fail |');
  });

  test('loses its example rows first, and says what was cut', () => {
    const markdown = verdictMarkdown(monster(40, 5));
    expect(markdown).toContain('> Cut to fit into a comment: example rows. The verdict holds everything.');
    expect(markdown).not.toContain('Example rows');
    expect(markdown.match(/✅ pass/g)).toHaveLength(39);
    expect(verdictMarkdown(exampleVerdict())).not.toContain('Cut to fit');
  });
});

test('a figure of which nothing is asked is shown, not passed', () => {
  const figure: Check = { ...failing, severity: 'info', verdict: 'pass' };
  expect(verdictMarkdown(withChecks(figure))).toContain('| ℹ️ shown |');
  expect(verdictMarkdown(withChecks(figure))).not.toContain('✅ pass |');
  expect(verdictMarkdown(withChecks({ ...figure, threshold: '≤ 5 %' }))).toContain('| ✅ pass |');
});

describe('slices', () => {
  const slice = (value: string, metric: string, more: object = {}): Check => ({ id: `slice.carrier.${value}.${metric}`, title: `${metric} of ${value}`, value: 0.84, interval: [0.82, 0.86], sampleSize: 4882, severity: 'info', verdict: 'pass', details: { slice: { column: 'carrier', value, metric }, ...more } });

  test('stand folded in a table of their own, a row each with its gain, and not among the figures', () => {
    const gain = { champion: 0.83, gain: 0.01, gainInterval: [-0.002, 0.022] };
    const markdown = verdictMarkdown(withChecks(slice('UA', 'accuracy', gain), slice('UA', 'recall', gain), slice('B6', 'accuracy', gain)));
    expect(markdown).toContain('<summary>Slices (2)</summary>');
    expect(markdown).toContain('| carrier: UA | **0.840** [0.820, 0.860] | 4,882 | +0.010 [−0.002, +0.022] | **0.840** [0.820, 0.860] | 4,882 | +0.010 [−0.002, +0.022] |');
    expect(markdown).toContain('| carrier: B6 | **0.840** [0.820, 0.860] | 4,882 | +0.010 [−0.002, +0.022] | – | – | – |');
    expect(markdown).not.toContain('more figures');
  });

  test('without a champion have no column of gains', () => {
    const lines = verdictMarkdown(withChecks(slice('UA', 'accuracy'))).split('\n');
    const at = lines.findIndex((line) => line.startsWith('| Slice'));
    expect(lines.slice(at, at + 3)).toEqual(['| Slice | accuracy | n |', '|---|---|---|', '| carrier: UA | **0.840** [0.820, 0.860] | 4,882 |']);
  });

  test('named by data cannot break out of their cell', () => {
    expect(verdictMarkdown(withChecks(slice('| x |\n<img src=y> @team', 'accuracy')))).not.toMatch(/<img|@team|[^\\]\| x [^\\]?\|/);
  });
});
