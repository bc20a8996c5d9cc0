import { escapeHtml } from './escape-html.ts';
import { formatEstimate } from './format-number.ts';
import type { ReportChart } from './report-chart.ts';
import { seriesClass, svgChart } from './svg-chart.ts';

/** Drawn twice, for wide and for narrow screens, so that the text keeps its size; the page's style shows one of them. */
export function htmlChart(chart: ReportChart): string {
  const filled = chart.series.some((series) => series.points.length > 0);
  const drawing = filled
    ? `<div class="wide">${svgChart(chart, { width: 540, height: 280 })}</div><div class="narrow">${svgChart(chart, { width: 340, height: 250 })}</div>`
    : '<p class="empty">Nothing was measured yet.</p>';
  return [
    `<figure class="card chart" id="chart-${escapeHtml(chart.id)}">`,
    `<figcaption><h3>${escapeHtml(chart.title)}</h3><p>${escapeHtml(chart.description)}</p></figcaption>`,
    chart.series.length > 1 ? legend(chart) : '',
    drawing,
    filled ? `<details><summary>The same as a table</summary>${table(chart)}</details>` : '',
    '</figure>',
  ].join('');
}

function legend({ series }: ReportChart): string {
  const items = series.map(({ name }, index) => `<li class="${seriesClass(index)}"><span class="swatch" aria-hidden="true"></span>${escapeHtml(name)}</li>`);
  return `<ul class="legend">${items.join('')}</ul>`;
}

function table({ series, xLabel, title }: ReportChart): string {
  const places = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))];
  if (places.every((place) => /^\d{4}-\d{2}-\d{2}/.test(place))) places.sort();
  const byPlace = series.map(({ points }) => new Map(points.map((point) => [point.x, point])));
  const head = series.map(({ name }) => `<th scope="col" class="number">${escapeHtml(name)}</th>`).join('');
  const rows = places.map((place) => {
    const cells = byPlace.map((points) => {
      const point = points.get(place);
      return `<td class="number">${point === undefined ? '–' : escapeHtml(formatEstimate(point.y, point.interval))}</td>`;
    });
    return `<tr><th scope="row">${escapeHtml(place)}</th>${cells.join('')}</tr>`;
  });
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(title)} as a table"><table><thead><tr><th scope="col">${escapeHtml(xLabel)}</th>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}
