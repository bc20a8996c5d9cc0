import { linearScale, type LinearScale, xScale, type XScale } from './chart-scale.ts';
import { escapeHtml } from './escape-html.ts';
import { formatEstimate, formatNumber } from './format-number.ts';
import type { ReportChart, ReportPoint } from './report-chart.ts';

export interface ChartSize {
  /** Units of the drawing; with the text at 12, they should be close to pixels on the screen. */
  readonly width: number;
  readonly height: number;
}

interface Frame extends ChartSize {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly x: XScale;
  readonly y: LinearScale;
}

/** A chart as one SVG element, coloured by the page's classes `series-1` … `series-6`; every mark has a title. The table beside it says the same in numbers. */
export function svgChart(chart: ReportChart, size: ChartSize): string {
  const frame = frameOf(chart, size);
  const marks = chart.kind === 'line' ? lines(chart, frame) : bars(chart, frame);
  return [
    `<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${escapeHtml(`${chart.title}. ${chart.description}`)}">`,
    grid(chart, frame),
    events(chart, frame),
    marks,
    limits(chart, frame),
    '</svg>',
  ].join('');
}

function frameOf(chart: ReportChart, { width, height }: ChartSize): Frame {
  const [left, right, top, bottom] = [48, width - 12, 26, height - 30];
  const points = chart.series.flatMap((series) => series.points);
  const values = [...points.flatMap(({ y, interval }) => (interval === undefined ? [y] : [y, ...interval])), ...(chart.limits ?? []).map(({ value }) => value)].filter(Number.isFinite);
  const lowest = Math.min(...values);
  const highest = Math.max(...values);
  const domain: readonly [number, number] =
    chart.range ?? (values.length === 0 ? [0, 1] : [chart.kind === 'bar' || (lowest >= 0 && lowest < 0.3 * highest) ? Math.min(0, lowest) : lowest, highest]);
  return {
    width,
    height,
    left,
    right,
    top,
    bottom,
    x: xScale([...points.map(({ x }) => x), ...(chart.events ?? []).map(({ x }) => x)], [left + 4, right - 4], Math.max(2, Math.floor(width / 70))),
    y: linearScale(domain, [bottom, top], height > 260 ? 5 : 4),
  };
}

function grid(chart: ReportChart, { left, right, bottom, x, y }: Frame): string {
  const rows = y.ticks.map((tick) => `<line class="grid" x1="${left}" x2="${right}" y1="${at(y.at(tick))}" y2="${at(y.at(tick))}"/><text x="${left - 6}" y="${at(y.at(tick) + 4)}" text-anchor="end">${formatTick(tick)}</text>`);
  const columns = x.ticks.map(({ x: position, label }) => `<text x="${at(position)}" y="${bottom + 18}" text-anchor="middle">${escapeHtml(label)}</text>`);
  const axis = `<line class="axis" x1="${left}" x2="${right}" y1="${bottom}" y2="${bottom}"/>`;
  return `${rows.join('')}${columns.join('')}${axis}<text class="unit" x="${left - 40}" y="12">${escapeHtml(chart.yLabel)}</text>`;
}

function lines(chart: ReportChart, { x, y }: Frame): string {
  return chart.series
    .map((series, index) => {
      const points = series.points.filter((point) => Number.isFinite(point.y));
      const place = (point: ReportPoint, value = point.y): string => `${at(x.at(point.x))},${at(y.at(value))}`;
      const banded = points.filter((point) => point.interval !== undefined);
      const upper = banded.map((point) => place(point, point.interval?.[1]));
      const lower = banded.map((point) => place(point, point.interval?.[0])).reverse();
      const band = banded.length < 2 ? '' : `<polygon class="band" points="${[...upper, ...lower].join(' ')}"/>`;
      const dots = points.map((point) => `<circle cx="${at(x.at(point.x))}" cy="${at(y.at(point.y))}" r="3">${tooltip(series.name, point)}</circle>`);
      return `<g class="${seriesClass(index)}">${band}<polyline points="${points.map((point) => place(point)).join(' ')}"/>${dots.join('')}</g>`;
    })
    .join('');
}

function bars(chart: ReportChart, { x, y, bottom }: Frame): string {
  const group = Math.min(x.step * 0.8, 44 * chart.series.length);
  const width = group / Math.max(1, chart.series.length);
  return chart.series
    .map((series, index) => {
      const marks = series.points
        .filter((point) => Number.isFinite(point.y))
        .map((point) => {
          const left = x.at(point.x) - group / 2 + index * width;
          const [top, base] = [y.at(Math.max(0, point.y)), Math.min(bottom, y.at(Math.min(0, point.y)))];
          return `<rect x="${at(left + 1)}" y="${at(top)}" width="${at(Math.max(1, width - 2))}" height="${at(Math.max(0, base - top))}" rx="2">${tooltip(series.name, point)}</rect>${whisker(point, left + width / 2, y)}`;
        });
      return `<g class="${seriesClass(index)}">${marks.join('')}</g>`;
    })
    .join('');
}

function whisker({ interval }: ReportPoint, x: number, y: LinearScale): string {
  if (interval === undefined) return '';
  const [low, high] = [y.at(interval[0]), y.at(interval[1])];
  return `<path class="whisker" d="M${at(x)} ${at(low)}V${at(high)}M${at(x - 4)} ${at(low)}h8M${at(x - 4)} ${at(high)}h8"/>`;
}

function limits(chart: ReportChart, { left, right, y }: Frame): string {
  return (chart.limits ?? [])
    .map(({ value, label }) => `<line class="limit" x1="${left}" x2="${right}" y1="${at(y.at(value))}" y2="${at(y.at(value))}"/><text class="limit-label" x="${right}" y="${at(y.at(value) - 5)}" text-anchor="end">${escapeHtml(label)}</text>`)
    .join('');
}

function events(chart: ReportChart, { top, bottom, width, x }: Frame): string {
  return (chart.events ?? [])
    .map(({ x: moment, label }, index) => {
      const position = x.at(moment);
      const [anchor, shift] = position > width * 0.6 ? ['end', -5] : ['start', 5];
      return `<line class="event" x1="${at(position)}" x2="${at(position)}" y1="${top - 6}" y2="${bottom}"/><text class="event-label" x="${at(position + shift)}" y="${top + 4 + (index % 3) * 14}" text-anchor="${anchor}">${escapeHtml(label)}</text>`;
    })
    .join('');
}

function tooltip(name: string, point: ReportPoint): string {
  return `<title>${escapeHtml(`${name}, ${point.x}: ${formatEstimate(point.y, point.interval)}`)}</title>`;
}

export function seriesClass(index: number): string {
  return `series-${(index % 6) + 1}`;
}

function formatTick(value: number): string {
  return Math.abs(value) >= 1000 ? formatNumber(value) : String(value).replace('-', '−');
}

/** One decimal is a tenth of a pixel. */
function at(value: number): string {
  return String(Number(value.toFixed(1)));
}
