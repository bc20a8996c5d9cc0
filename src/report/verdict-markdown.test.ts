import { expect, test } from 'vitest';
import { exampleVerdict } from '../../test/builders/example-verdict.ts';
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
