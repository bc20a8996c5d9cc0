import { describe, expect, test } from 'vitest';
import { evaluationPage } from '../../test/builders/evaluation-page.ts';
import { renderEvaluationPage } from './html-evaluation.ts';

const hostile = '<img src=x onerror=alert(1)>"\'&';

describe('the page of an evaluation', () => {
  const html = renderEvaluationPage(evaluationPage());

  test('lets nothing that was given become markup, and needs nothing from outside', () => {
    const spoiled = renderEvaluationPage(evaluationPage({ text: hostile }));
    expect(spoiled).toContain('&lt;img src=x');
    expect(spoiled).not.toContain('<img');
    expect(spoiled).not.toMatch(/<script|<link|url\(|https?:\/\//);
    expect(spoiled).toContain("default-src 'none'");
  });

  test('has a section for everything that was found, each reached from the navigation and named by its heading', () => {
    const ids = [...html.matchAll(/<section id="([^"]+)" aria-labelledby="([^"]+)"/g)].map(([, id, heading]) => [id, heading]);
    expect(ids.map(([id]) => id)).toEqual(['decision', 'models', 'curves', 'slices', 'robustness', 'tests', 'lineage']);
    for (const [id, heading] of ids) {
      expect(html).toContain(`href="#${id}"`);
      expect(html).toContain(`<h2 id="${heading}">`);
    }
  });

  test('says with every check what was found, what was asked and whether it passed, in words', () => {
    const change = /<figure[^>]*id="change-checks">.*?<\/figure>/.exec(html)?.[0] ?? '';
    for (const word of ['Recall: gain over the champion', 'gain ≥ 0.030', '✕', 'fail', '+0.012', '+0.006 to +0.018', '8,500']) expect(change).toContain(word);
  });

  test('draws every interval and every limit on the one axis of its table', () => {
    const change = /<figure[^>]*id="change-checks">.*?<\/figure>/.exec(html)?.[0] ?? '';
    const rows = [...change.matchAll(/class="interval" d="M([\d.]+) 10H([\d.]+)"/g)].map(([, from, to]) => [Number(from), Number(to)]);
    expect(rows).toHaveLength(2);
    for (const [from = 0, to = 0] of rows) expect(to).toBeGreaterThan(from);
    expect(change.match(/class="asked"/g)).toHaveLength(2);
  });

  test('names every drawing of curves for those who do not see it, and gives its numbers as a table', () => {
    const figures = [...html.matchAll(/<figure class="card chart" id="chart-[^"]+">.*?<\/figure>/g)].map(([figure]) => figure);
    expect(figures).toHaveLength(5);
    for (const figure of figures) {
      expect(figure).toMatch(/<svg [^>]*role="img" aria-label="[^"]+"/);
      expect(figure).toContain('The same as a table');
    }
  });

  test('lets tests that assume independent rows stand apart, and slices without enough rows out', () => {
    expect(html).toContain('Reported, never decisive');
    expect(html).not.toContain('TOO-FEW');
    expect(html).toContain('Left out, for too few rows to say anything: 1.');
  });

  test('shows a first run without champion, curves, robustness and tests, and says why', () => {
    const first = renderEvaluationPage(evaluationPage({ first: true }));
    expect(first).toContain('There is no champion');
    expect(first).not.toContain('<section id="tests"');
    expect(first).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('is the same bytes for the same evaluation', () => {
    expect(renderEvaluationPage(evaluationPage())).toBe(html);
  });
});
