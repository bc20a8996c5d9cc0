import type { Chart } from '../verdict/verdict.ts';
import { escapeMermaid } from './escape-markdown.ts';

/** Enough for a chart that is still read on a phone. */
const maximumPoints = 40;

/**
 * A chart as a mermaid `xychart-beta` block; undefined where there is nothing finite to draw. Mermaid draws no legend, so the series are named in the line below.
 */
export function mermaidChart(chart: Chart): string | undefined {
  const labels = [...new Set(chart.series.flatMap((series) => series.points.map(([x]) => String(x))))].slice(-maximumPoints);
  const series = chart.series
    .map(({ name, points }) => ({ name, byLabel: new Map(points.map(([x, y]) => [String(x), y])) }))
    .filter(({ byLabel }) => labels.length > 0 && labels.every((label) => Number.isFinite(byLabel.get(label) ?? Number.NaN)));
  const values = series.flatMap(({ byLabel }) => labels.map((label) => byLabel.get(label) ?? 0));
  if (values.length === 0) return undefined;
  const low = Math.min(0, ...values);
  const high = Math.max(...values, low + 1e-9);
  const lines = [
    '```mermaid',
    'xychart-beta',
    `  title "${escapeMermaid(chart.title)}"`,
    `  x-axis "${escapeMermaid(chart.xLabel)}" [${labels.map((label) => `"${escapeMermaid(label)}"`).join(', ')}]`,
    `  y-axis "${escapeMermaid(chart.yLabel)}" ${plain(low)} --> ${plain(high * 1.1)}`,
    ...series.map(({ byLabel }) => `  ${chart.kind} [${labels.map((label) => plain(byLabel.get(label) ?? 0)).join(', ')}]`),
    '```',
  ];
  if (series.length > 1) lines.push('', `Lines in order: ${series.map(({ name }) => escapeMermaid(name)).join(', ')}.`);
  return lines.join('\n');
}

function plain(value: number): string {
  return String(Number(value.toFixed(4)));
}
