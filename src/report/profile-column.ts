import type { ColumnSummary } from '../data/profile-columns.ts';
import type { ColumnProfile, HistogramBin } from '../data/profile-rows.ts';
import { escapeHtml } from './escape-html.ts';
import { formatCount, formatNumber, formatShare } from './format-number.ts';
import { badge, type Mark } from './html-verdict.ts';
import type { ReportChart } from './report-chart.ts';
import { seriesClass, svgChart } from './svg-chart.ts';

const shownValues = 10;
const day = 86_400_000;

/** Names of the two sides, where there are two. */
export interface ProfileSides {
  readonly rows: string;
  readonly reference: string;
}

/** Everything about one column: what it is, how it is spread, its frequent values. */
export function columnCard(column: ColumnProfile, sides: ProfileSides): string {
  const { summary, reference } = column;
  const id = columnAnchor(summary.name);
  const title = `${id}-title`;
  return [
    `<article class="card column" id="${id}" aria-labelledby="${title}"><div class="title"><h3 id="${title}">${escapeHtml(summary.name)}</h3><p class="type">${escapeHtml(summary.type)}</p></div>`,
    typeof reference?.psi !== 'number' ? '' : `<p class="psi">${stabilityBadge(reference.psi)}</p>`,
    drawing(column, sides),
    facts(column, sides),
    values(column, sides),
    '</article>',
  ].join('');
}

export function columnAnchor(name: string): string {
  return `column-${name.replace(/[^A-Za-z0-9-]/g, (character) => (character === '_' ? '_' : `.${character.codePointAt(0)?.toString(16) ?? ''}.`))}`;
}

/** The usual reading of PSI: below 0.1 alike, above 0.25 another distribution. */
export function stabilityBadge(psi: number, short = false): string {
  const [mark, word]: [Mark, string] = psi < 0.1 ? ['pass', 'alike'] : psi < 0.25 ? ['inconclusive', 'moved'] : ['fail', 'moved far'];
  return badge(mark, short ? formatNumber(psi) : `${word}, PSI ${formatNumber(psi)}`);
}

/** A value of the column as people write it. */
export function formatValue(value: number, { kind, type, numbers }: Pick<ColumnSummary, 'kind' | 'type' | 'numbers'>): string {
  // Years are read without a separator.
  if (kind !== 'time') return Number.isInteger(value) && (numbers?.minimum ?? 0) >= 1900 && (numbers?.maximum ?? 0) <= 2100 ? String(value) : formatNumber(value);
  const text = new Date(value).toISOString();
  const long = (numbers?.maximum ?? 0) - (numbers?.minimum ?? 0) > 14 * day && value !== numbers?.minimum && value !== numbers?.maximum;
  return long || /^DATE$/i.test(type) || value % day === 0 ? text.slice(0, 10) : text.slice(0, 16).replace('T', ' ');
}

function drawing(column: ColumnProfile, sides: ProfileSides): string {
  const { summary, histogram, reference } = column;
  if (histogram === undefined) return `<p class="empty">${summary.kind === 'other' ? 'A type that has no histogram.' : 'Every value is missing.'}</p>`;
  const labels = binLabels(histogram.bins, summary);
  const share = (count: number, rows: number): number => (rows === 0 ? 0 : count / rows);
  // Six digits do not fit beside the axis.
  const unit = Math.max(...histogram.bins.map(({ count }) => count)) >= 100_000 ? 1000 : 1;
  const own = histogram.bins.map(({ count }, index) => ({ x: labels[index] ?? '', y: reference === undefined ? count / unit : share(count, summary.rows) }));
  const other = reference === undefined ? [] : histogram.bins.map(({ referenceCount }, index) => ({ x: labels[index] ?? '', y: share(referenceCount ?? 0, reference.summary.rows) }));
  const chart: ReportChart = {
    id: columnAnchor(summary.name),
    title: summary.name,
    description: `Histogram of ${formatCount(histogram.bins.length)} bins; the same numbers are in the table below it.`,
    kind: 'bar',
    xLabel: 'value',
    yLabel: reference !== undefined ? 'share of rows' : unit === 1 ? 'rows' : 'thousand rows',
    series: [{ name: sides.rows, points: own }, ...(reference === undefined ? [] : [{ name: sides.reference, points: other }])],
  };
  const legend =
    reference === undefined
      ? ''
      : `<ul class="legend">${[sides.rows, sides.reference].map((name, index) => `<li class="${seriesClass(index)}"><span class="swatch" aria-hidden="true"></span>${escapeHtml(name)}</li>`).join('')}</ul>`;
  const others = histogram.others === undefined ? '' : `<p class="note">${otherText(column, histogram.others)}</p>`;
  const ends = histogram.bins.some((bin) => bin.kind === 'interval' && bin.open !== undefined) ? '<p class="note">The bins at the ends (≤, ≥) hold all that lies beyond.</p>' : '';
  return `<div class="chart">${legend}${svgChart(chart, { width: 360, height: 190 })}${others}${ends}</div>`;
}

function otherText({ summary, histogram, reference }: ColumnProfile, others: { readonly count: number; readonly referenceCount?: number }): string {
  const shown = formatCount(histogram?.bins.length ?? 0);
  const share = formatShare(others.count / Math.max(1, summary.rows));
  return `The ${shown} most frequent of ${formatCount(summary.distinct ?? 0)} values; the others are in ${share} of the rows${reference === undefined ? '' : ` (reference: ${formatShare((others.referenceCount ?? 0) / Math.max(1, reference.summary.rows))})`}.`;
}

/** Different for every bin: the chart tells places apart by their text. */
function binLabels(bins: readonly HistogramBin[], summary: ColumnSummary): string[] {
  const intervals = bins.flatMap((bin) => (bin.kind === 'interval' ? [bin.to - bin.from] : []));
  const shortest = Math.min(...intervals);
  const labels = bins.map((bin) => {
    if (bin.kind === 'value') return shorten(bin.value, 10);
    if (bin.open === 'below') return `≤${formatEdge(bin.to, summary, shortest)}`;
    return `${bin.open === 'above' ? '≥' : ''}${formatEdge(bin.from, summary, shortest)}`;
  });
  return labels.map((label, index) => (labels.indexOf(label) === index ? label : `${label} (${index + 1})`));
}

function formatEdge(value: number, { kind }: ColumnSummary, width: number): string {
  if (kind !== 'time') return Math.abs(value) >= 10_000 ? new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 4 }).format(value) : String(value).replace('-', '−');
  const text = new Date(value).toISOString();
  if (width < day) return text.slice(5, 16).replace('T', ' ');
  // Months by name, as elsewhere; a day's full date would make the chart read them as a line's time axis.
  const month = new Intl.DateTimeFormat('en', { month: 'short', timeZone: 'UTC' }).format(value);
  return width >= 28 * day ? `${month} ${text.slice(2, 4)}` : `${Number(text.slice(8, 10))} ${month}`;
}

function facts({ summary, reference }: ColumnProfile, sides: ProfileSides): string {
  const rows = factRows(summary);
  const others = reference === undefined ? undefined : new Map(factRows(reference.summary));
  if (others === undefined) return `<dl class="facts${summary.kind === 'time' ? ' long' : ''}">${rows.map(([label, value]) => `<div><dt>${label}</dt><dd>${escapeHtml(value)}</dd></div>`).join('')}</dl>`;
  const body = rows.map(([label, value]) => `<tr><th scope="row">${label}</th><td class="number">${escapeHtml(value)}</td><td class="number">${escapeHtml(others.get(label) ?? '–')}</td></tr>`);
  return `<div class="scroll"><table class="facts"><thead><tr><td></td><th scope="col" class="number">${escapeHtml(sides.rows)}</th><th scope="col" class="number">${escapeHtml(sides.reference)}</th></tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

function factRows(summary: ColumnSummary): [string, string][] {
  const { rows, missing, notFinite, distinct, numbers, lengths } = summary;
  const value = (number: number | undefined): string => (number === undefined ? '–' : formatValue(number, summary));
  return [
    ['missing', missing === 0 ? 'none' : `${formatCount(missing)} (${formatShare(missing / Math.max(1, rows))})`],
    ...(notFinite === 0 ? [] : [['NaN, infinite', formatCount(notFinite)] as [string, string]]),
    ...(distinct === null ? [] : [['different', distinct === rows && rows > 0 ? 'every row' : formatCount(distinct)] as [string, string]]),
    ...(lengths === undefined ? [] : [['characters', lengths[0] === lengths[1] ? formatCount(lengths[0]) : `${formatCount(lengths[0])} to ${formatCount(lengths[1])}`] as [string, string]]),
    ...(numbers === undefined
      ? []
      : ([
          ['mean', value(numbers.mean)],
          ['minimum', value(numbers.minimum)],
          ['1 %', value(numbers.quantiles.get(10))],
          ['25 %', value(numbers.quantiles.get(250))],
          ['median', value(numbers.quantiles.get(500))],
          ['75 %', value(numbers.quantiles.get(750))],
          ['99 %', value(numbers.quantiles.get(990))],
          ['maximum', value(numbers.maximum)],
        ] as [string, string][])),
  ];
}

function values({ summary, histogram, reference }: ColumnProfile, sides: ProfileSides): string {
  const tables: string[] = [];
  if (summary.top.length > 0) {
    const rows = summary.top.slice(0, shownValues).map(({ value, count }) => `<tr><th scope="row">${escapeHtml(shorten(value, 60))}</th><td class="number">${formatCount(count)}</td><td class="number">${formatShare(count / summary.rows)}</td></tr>`);
    tables.push(fold(rows.length === 1 ? 'The only value' : `The ${rows.length} most frequent values`, `<th scope="col">Value</th><th scope="col" class="number">Rows</th><th scope="col" class="number">Share</th>`, rows));
  }
  if (histogram !== undefined) {
    const rows = histogram.bins.map((bin) => {
      const name = bin.kind === 'value' ? shorten(bin.value, 60) : intervalText(bin, summary);
      return `<tr><th scope="row">${escapeHtml(name)}</th><td class="number">${formatCount(bin.count)}</td>${bin.referenceCount === undefined ? '' : `<td class="number">${formatCount(bin.referenceCount)}</td>`}</tr>`;
    });
    tables.push(fold('The histogram as a table', `<th scope="col">Value</th><th scope="col" class="number">${escapeHtml(sides.rows)}</th>${reference === undefined ? '' : `<th scope="col" class="number">${escapeHtml(sides.reference)}</th>`}`, rows));
  }
  return tables.join('');
}

function intervalText(bin: Extract<HistogramBin, { kind: 'interval' }>, summary: ColumnSummary): string {
  if (bin.open === 'below') return `below ${formatValue(bin.to, summary)}`;
  if (bin.open === 'above') return `${formatValue(bin.from, summary)} and above`;
  return `${formatValue(bin.from, summary)} to below ${formatValue(bin.to, summary)}`;
}

function fold(title: string, head: string, rows: readonly string[]): string {
  return `<details><summary>${title}</summary><div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div></details>`;
}

function shorten(text: string, length: number): string {
  const plain = text === '' ? '(empty text)' : text;
  return plain.length <= length ? plain : `${plain.slice(0, length - 1)}…`;
}
