import { escapeHtml } from './escape-html.ts';
import { formatCount, formatEstimate, formatNumber } from './format-number.ts';
import { seriesClass } from './svg-chart.ts';

export interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
  /** One per point, where the points are estimates of their own: drawn as dots with whiskers, and all of them written in the table. */
  readonly intervals?: readonly (readonly [number, number])[];
  readonly sampleSizes?: readonly number[];
  /** Where the model stands on its curve. */
  readonly mark?: { readonly x: number; readonly y: number; readonly label: string } | undefined;
}

/** Both axes are shares from 0 to 1. */
export interface CurveChart {
  readonly id: string;
  readonly title: string;
  /** One or two sentences: what to see in it. */
  readonly description: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly curves: readonly Curve[];
  /** The diagonal says "no better than chance" or "perfectly calibrated". */
  readonly diagonal?: string;
  /** A vertical line, e.g. the decision threshold. */
  readonly vertical?: { readonly x: number; readonly label: string } | undefined;
}

const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];

/** A figure with the curves drawn for wide and for narrow screens, a legend, and the same in numbers. Everything given is escaped. */
export function curveChart(chart: CurveChart): string {
  const filled = chart.curves.some(({ points }) => points.length > 0);
  const head = `<figcaption><h3>${escapeHtml(chart.title)}</h3><p>${escapeHtml(chart.description)}</p></figcaption>`;
  const body = filled
    ? `<div class="wide">${svgCurves(chart, { width: 540, height: 400 })}</div><div class="narrow">${svgCurves(chart, { width: 340, height: 300 })}</div><details><summary>The same as a table</summary>${curveTable(chart)}</details>`
    : '<p class="empty">Nothing to draw: it takes rows of both classes.</p>';
  return `<figure class="card chart" id="chart-${escapeHtml(chart.id)}">${head}${filled ? legend(chart) : ''}${body}</figure>`;
}

function legend({ curves, diagonal }: CurveChart): string {
  const items = curves.map(({ name, mark }, index) => `<li class="${seriesClass(index)}"><span class="swatch" aria-hidden="true"></span>${escapeHtml(name)}${mark === undefined ? '' : ` <small>● ${escapeHtml(mark.label)}</small>`}</li>`);
  const line = diagonal === undefined ? '' : `<li><span class="origin-key" aria-hidden="true"></span> ${escapeHtml(diagonal)}</li>`;
  return `<ul class="legend">${items.join('')}${line}</ul>`;
}

function svgCurves(chart: CurveChart, { width, height }: { readonly width: number; readonly height: number }): string {
  const [left, right, top, bottom] = [40, width - 10, 24, height - 40];
  const x = (value: number): string => at(left + value * (right - left));
  const y = (value: number): string => at(bottom - value * (bottom - top));
  const grid = ticks.map(
    (tick) =>
      `<line class="grid" x1="${left}" x2="${right}" y1="${y(tick)}" y2="${y(tick)}"/><line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="${top}" y2="${bottom}"/><text x="${left - 6}" y="${at(Number(y(tick)) + 4)}" text-anchor="end">${tick}</text><text x="${x(tick)}" y="${bottom + 16}" text-anchor="middle">${tick}</text>`,
  );
  const curves = chart.curves.map(({ points, intervals, mark, name }, index) => {
    const line = `<polyline points="${points.map(([px, py]) => `${x(px)},${y(py)}`).join(' ')}"/>`;
    const whiskers = (intervals ?? []).map(([low, high], position) => {
      const [px, py] = points[position] ?? [0, 0];
      return `<path class="whisker" d="M${x(px)} ${y(low)}V${y(high)}"/><circle cx="${x(px)}" cy="${y(py)}" r="3"/>`;
    });
    const dot = mark === undefined ? '' : `<circle class="mark" cx="${x(mark.x)}" cy="${y(mark.y)}" r="5.5"><title>${escapeHtml(`${name}, ${mark.label}: ${formatNumber(mark.x)}, ${formatNumber(mark.y)}`)}</title></circle>`;
    return `<g class="${seriesClass(index)}">${line}${whiskers.join('')}${dot}</g>`;
  });
  const { vertical } = chart;
  const ahead = vertical !== undefined && vertical.x > 0.6;
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(`${chart.title}. ${chart.description}`)}">`,
    ...grid,
    chart.diagonal === undefined ? '' : `<line class="event" x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}"/>`,
    ...curves,
    vertical === undefined ? '' : `<line class="event" x1="${x(vertical.x)}" x2="${x(vertical.x)}" y1="${top}" y2="${bottom}"/><text class="event-label" x="${at(Number(x(vertical.x)) + (ahead ? -5 : 5))}" y="${top + 12}" text-anchor="${ahead ? 'end' : 'start'}">${escapeHtml(vertical.label)}</text>`,
    `<line class="axis" x1="${left}" x2="${right}" y1="${bottom}" y2="${bottom}"/>`,
    `<text x="${left - 34}" y="12">${escapeHtml(chart.yLabel)}</text><text x="${right}" y="${height - 6}" text-anchor="end">${escapeHtml(chart.xLabel)}</text></svg>`,
  ].join('');
}

/** Estimates are written one by one; curves at eleven places, between their points on the straight line that is drawn. */
function curveTable(chart: CurveChart): string {
  const head = `<th scope="col" class="number">${escapeHtml(chart.xLabel)}</th>`;
  const estimates = chart.curves.filter(({ intervals }) => intervals !== undefined);
  if (estimates.length > 0) {
    return estimates
      .map(({ name, points, intervals, sampleSizes }) => {
        const rows = points.map(([px, py], index) => `<tr><td class="number">${formatNumber(px)}</td><td class="number">${formatEstimate(py, intervals?.[index])}</td><td class="number">${formatCount(sampleSizes?.[index] ?? 0)}</td></tr>`);
        return scrolled(`${chart.title}: ${name}`, `${head}<th scope="col" class="number">${escapeHtml(`${chart.yLabel}, ${name}`)}</th><th scope="col" class="number">n</th>`, rows);
      })
      .join('');
  }
  const rows = Array.from({ length: 11 }, (_, tenth) => {
    const cells = chart.curves.map(({ points }) => `<td class="number">${formatNumber(interpolate(points, tenth / 10))}</td>`);
    return `<tr><th scope="row" class="number">${tenth / 10}</th>${cells.join('')}</tr>`;
  });
  return scrolled(chart.title, `${head}${chart.curves.map(({ name }) => `<th scope="col" class="number">${escapeHtml(name)}</th>`).join('')}`, rows);
}

function scrolled(name: string, head: string, rows: readonly string[]): string {
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(`${name} as a table`)}"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

/** Points ascend in x; null outside them. */
function interpolate(points: readonly (readonly [number, number])[], place: number): number | null {
  const after = points.findIndex(([x]) => x >= place);
  const [x1, y1] = points[after] ?? [Number.NaN, Number.NaN];
  if (after === -1 || x1 === place) return after === -1 ? null : y1;
  const before = points[after - 1];
  if (before === undefined) return null;
  return before[1] + ((place - before[0]) / (x1 - before[0])) * (y1 - before[1]);
}

function at(value: number): string {
  return String(Number(value.toFixed(1)));
}
