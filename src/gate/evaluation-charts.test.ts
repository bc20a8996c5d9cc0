import { describe, expect, test } from 'vitest';
import { evaluationPage } from '../../test/builders/evaluation-page.ts';
import { mermaidChart } from '../report/mermaid-chart.ts';
import { evaluationCharts, evaluationFigures } from './evaluation-charts.ts';

const { evaluation } = evaluationPage({ text: 'rule' });
const first = evaluationPage({ first: true }).evaluation;

describe('charts of an evaluation', () => {
  const [, roc, calibration] = evaluationCharts(evaluation);

  test('draw every model’s ROC curve over the same places, rising from the lower left to the upper right', () => {
    expect(roc?.series.map(({ name }) => name)).toEqual(['candidate', 'champion', 'rule']);
    for (const { points } of roc?.series ?? []) {
      expect(points.at(-1)).toEqual(['1', 1]);
      const heights = points.map(([, y]) => y);
      expect(heights.toSorted((a, b) => a - b)).toEqual(heights);
    }
    expect(mermaidChart(roc ?? expect.fail())).toContain('Lines in order: candidate, champion, rule.');
  });

  test('hold the observed share beside what was said', () => {
    expect(calibration?.series.map(({ name }) => name)).toEqual(['observed', 'as said']);
    for (const [place, said] of calibration?.series[1]?.points ?? []) expect(Math.abs(said - Number(place))).toBeLessThan(0.006);
  });

  test('leave out what was not measured', () => {
    expect(evaluationCharts(first).map(({ id }) => id)).toEqual(['metrics']);
  });
});

describe('figures of an evaluation', () => {
  test('say of a slice what a table needs beside the value', () => {
    expect(evaluationFigures(evaluation).find(({ id }) => id === 'slice.rule.rule.recall')?.details).toEqual({
      slice: { column: 'rule', value: 'rule', metric: 'recall' },
      champion: 0.79,
      gain: 0.01,
      gainInterval: [0.004, 0.016],
    });
  });

  test('leave out slices that have too few rows', () => {
    expect(evaluationFigures(evaluation).some(({ id }) => id.includes('TOO-FEW'))).toBe(false);
  });

  test('decide nothing', () => {
    expect(new Set(evaluationFigures(evaluation).map(({ severity }) => severity))).toEqual(new Set(['info']));
  });
});
