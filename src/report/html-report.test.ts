import { describe, expect, test } from 'vitest';
import { exampleVerdict } from '../../test/builders/example-verdict.ts';
import { linearScale, xScale } from './chart-scale.ts';
import { renderReport, type ReportInput } from './html-report.ts';

const input: ReportInput = {
  title: 'A year of flights',
  lead: 'One model, from training to rollback.',
  figures: [{ label: 'requests failed', value: '0', note: 'of 190,000' }],
  chapters: [{ number: 1, title: 'First model', text: 'Trained on spring.', ending: 'version 1 is live', outcome: 'pass' }],
  timeline: [{ chapter: 1, asOf: '2013-06-01T00:00:00Z', title: 'Gate', outcome: 'fail', text: 'Refused.', verdict: exampleVerdict() }],
  charts: [
    {
      id: 'psi',
      title: 'Drift',
      description: 'PSI by week.',
      kind: 'line',
      xLabel: 'week',
      yLabel: 'PSI',
      limits: [{ value: 0.1, label: 'threshold' }],
      events: [{ x: '2013-10-01', label: 'outage' }],
      series: [{ name: 'departure_delay', points: [{ x: '2013-07-01', y: 0.02, interval: [0.01, 0.03] }, { x: '2013-10-14', y: 0.21, interval: [0.18, 0.24] }] }],
    },
    { id: 'empty', title: 'Nothing', description: 'No data.', kind: 'bar', xLabel: 'x', yLabel: 'y', series: [{ name: 'a', points: [] }] },
  ],
  commits: [{ commit: 'abcdef0123456789', time: '2013-06-01T00:00:00Z', subject: 'Deploy v1', trailers: { 'Model-Version': 'v1' } }],
  footer: 'Flights of 2013.',
};

describe('the report', () => {
  test('needs nothing but itself: no script, no link or image to elsewhere', () => {
    const html = renderReport(input);
    expect(html).not.toMatch(/<script|<link|<img|src=|url\(|@import|https?:/i);
    expect(html).toContain("default-src 'none'");
  });

  test('every chart has a table, and an empty one says so instead of drawing', () => {
    const html = renderReport(input);
    expect(html.match(/The same as a table/g)).toHaveLength(1);
    expect(html).toContain('Nothing was measured yet.');
    expect(html).not.toMatch(/NaN|Infinity/);
  });

  test('text from data is shown, never run', () => {
    const html = renderReport({ ...input, title: '<script>x</script>', commits: [{ commit: 'a', time: '', subject: '"><img onerror=x>' }] });
    expect(html).not.toMatch(/<script>|<img/);
    expect(html).toContain('&lt;script&gt;');
  });

  test('example rows, since when and what does not block are shown, and hostile cells stay cells', () => {
    const verdict = exampleVerdict();
    const check = { id: 'range', title: '</summary>', value: 1, severity: 'error', verdict: 'fail', blocking: false, since: '2013-10-01T00:00:00.000Z', details: { failedRuns: 2, examples: [{ '<th>': '</td></table></details><img src=x>', b: 1 }] } } as const;
    const html = renderReport({ ...input, timeline: [{ chapter: 1, asOf: '2013-06-01T00:00:00Z', title: 'Validation', outcome: 'fail', text: '', verdict: { ...verdict, checks: [{ ...check, details: { ...check.details, examples: [...check.details.examples] } }] } }] });
    expect(html).toContain('failing since 2013-10-01, 2 runs. does not block');
    expect(html).toContain('<td>&lt;/td&gt;&lt;/table&gt;&lt;/details&gt;&lt;img src=x&gt;</td><td>1</td>');
    expect(html).not.toMatch(/<img/);
    for (const name of ['details', 'table', 'td', 'th', 'summary']) expect([name, html.match(new RegExp(`<${name}[ >]`, 'g'))?.length]).toEqual([name, html.match(new RegExp(`</${name}>`, 'g'))?.length]);
  });

  test('elements are balanced', () => {
    const html = renderReport(input);
    for (const name of ['section', 'details', 'table', 'div', 'ol', 'ul', 'li', 'svg', 'g', 'figure', 'span', 'p']) {
      expect([name, html.match(new RegExp(`<${name}[ >]`, 'g'))?.length]).toEqual([name, html.match(new RegExp(`</${name}>`, 'g'))?.length]);
    }
  });

  test('the same input gives the same bytes', () => {
    expect(renderReport(input)).toBe(renderReport(input));
  });
});

describe('scales', () => {
  test('ends are round and hold the data', () => {
    const { ticks } = linearScale([0.03, 0.21], [200, 0], 5);
    expect(ticks[0]).toBeLessThanOrEqual(0.03);
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(0.21);
    expect(linearScale([0.5, 0.5], [10, 0], 4).ticks.every(Number.isFinite)).toBe(true);
  });

  test('days lie where time puts them', () => {
    const scale = xScale(['2013-01-01', '2013-01-11', '2013-01-06'], [0, 100], 5);
    expect(scale.at('2013-01-06')).toBe(50);
  });
});
