import { type LinearScale, linearScale } from './chart-scale.ts';
import { escapeHtml } from './escape-html.ts';
import { formatChange, formatCount, formatNumber } from './format-number.ts';
import { badge, type Mark } from './html-verdict.ts';

export interface IntervalRow {
  readonly label: string;
  /** Small print under the label. */
  readonly note?: string | undefined;
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
  readonly sampleSize?: number | undefined;
  /** What is asked of this row: drawn as a tick. */
  readonly limit?: number | undefined;
  readonly outcome?: Mark;
}

export interface IntervalGroup {
  /** '' where the rows need no heading. */
  readonly heading: string;
  readonly rows: readonly IntervalRow[];
}

export interface IntervalTable {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly groups: readonly IntervalGroup[];
  /** A line through all rows, e.g. 0 for differences or the value of the whole. */
  readonly origin?: { readonly value: number; readonly label: string } | undefined;
  /** Differences carry their sign. */
  readonly signed?: boolean;
}

/**
 * A forest plot that is a table: every row has its interval drawn on one common axis and written in numbers beside it, so that it reads alike on a phone, on paper and aloud.
 * Everything given is escaped.
 */
export function intervalTable(table: IntervalTable): string {
  const rows = table.groups.flatMap((group) => group.rows);
  const head = `<figcaption><h3>${escapeHtml(table.title)}</h3><p>${escapeHtml(table.description)}</p></figcaption>`;
  const known = rows.flatMap(({ value, interval, limit }) => [value, ...(interval ?? []), limit ?? null]).concat(table.origin?.value ?? null);
  const values = known.filter((value): value is number => value !== null && Number.isFinite(value));
  const open = `<figure class="card chart intervals" id="${escapeHtml(table.id)}">${head}`;
  if (rows.length === 0 || values.length === 0) return `${open}<p class="empty">Nothing was measured.</p></figure>`;
  const scale = linearScale([Math.min(...values), Math.max(...values)], [6, 94], 4);
  const withSize = rows.some(({ sampleSize }) => sampleSize !== undefined);
  const columns = withSize ? 4 : 3;
  const body = table.groups
    .map(({ heading, rows: own }) => {
      const title = heading === '' ? '' : `<tr class="group"><th scope="rowgroup" colspan="${columns}">${escapeHtml(heading)}</th></tr>`;
      return `<tbody>${title}${own.map((row) => tableRow(row, { table, at: scale.at, ticks: scale.ticks, withSize })).join('')}</tbody>`;
    })
    .join('');
  const axis = labelledTicks(scale, table.origin?.value).map((tick) => `<span style="left:${place(scale.at(tick))}%">${label(tick, table)}</span>`);
  const origin = table.origin === undefined ? '' : `<p class="note"><span class="origin-key" aria-hidden="true"></span> ${escapeHtml(table.origin.label)}</p>`;
  return [
    open,
    `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(table.title)}"><table><thead><tr><th scope="col">What</th><th scope="col" class="plot"><span class="axis-labels" aria-hidden="true">${axis.join('')}</span><span class="hidden">Drawn</span></th><th scope="col" class="number">Value <small>95 % interval</small></th>${withSize ? '<th scope="col" class="number">n</th>' : ''}</tr></thead>${body}</table></div>`,
    `${origin}</figure>`,
  ].join('');
}

interface RowFrame {
  readonly table: IntervalTable;
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
  readonly withSize: boolean;
}

function tableRow(row: IntervalRow, frame: RowFrame): string {
  const { label: name, note, value, interval, sampleSize, outcome } = row;
  const small = [outcome === undefined ? '' : badge(outcome), note === undefined || note === '' ? '' : `<small>${escapeHtml(note)}</small>`].join('');
  const write = frame.table.signed === true ? formatChange : formatNumber;
  const between = interval === null ? '' : `<small>${write(interval[0])} to ${write(interval[1])}</small>`;
  const size = frame.withSize ? `<td class="number">${sampleSize === undefined ? '–' : formatCount(sampleSize)}</td>` : '';
  return `<tr><th scope="row">${escapeHtml(name)}${small}</th><td class="plot">${drawing(row, frame)}</td><td class="number"><strong>${write(value)}</strong>${between}</td>${size}</tr>`;
}

/** Stretched to its cell; strokes keep their width and a stroke of no length with round ends is the dot. */
function drawing({ value, interval, limit }: IntervalRow, { table, at, ticks }: RowFrame): string {
  const line = (kind: string, d: string): string => `<path class="${kind}" d="${d}" vector-effect="non-scaling-stroke"/>`;
  const vertical = (kind: string, x: number): string => line(kind, `M${place(at(x))} 0V20`);
  return [
    '<svg viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">',
    ...ticks.map((tick) => vertical('grid', tick)),
    table.origin === undefined ? '' : vertical('origin', table.origin.value),
    limit === undefined ? '' : vertical('asked', limit),
    interval === null ? '' : line('interval', `M${place(at(interval[0]))} 10H${place(at(interval[1]))}`),
    value === null ? '' : line('dot', `M${place(at(value))} 10h0`),
    '</svg>',
  ].join('');
}

/** The ends, and the origin where there is room: a cell of a table is narrow. */
function labelledTicks({ at, ticks }: LinearScale, origin: number | undefined): number[] {
  const ends = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
  const roomy = origin !== undefined && at(origin) > 30 && at(origin) < 70 && ticks.includes(origin);
  return roomy ? [...ends, origin] : ends;
}

function label(tick: number, { signed }: IntervalTable): string {
  const text = String(tick).replace('-', '−');
  return signed === true && tick > 0 ? `+${text}` : text;
}

function place(percent: number): string {
  return String(Number(percent.toFixed(2)));
}

export const intervalTableStyle = `
.intervals table { table-layout: auto; }
.intervals td.plot, .intervals th.plot { width: 34%; min-width: 7.5rem; padding-left: .9rem; padding-right: .9rem; }
.intervals td.plot svg { width: 100%; max-width: none; height: 1.6rem; overflow: visible; }
.intervals tbody th { min-width: 7.5rem; }
.intervals tbody th .badge { display: table; margin-top: .2rem; }
.intervals .group th { color: var(--soft); font-weight: 600; padding-top: .9rem; }
.axis-labels { position: relative; display: block; height: 1.3em; font-weight: 400; font-size: .78rem; }
.axis-labels span { position: absolute; transform: translateX(-50%); }
.intervals path { fill: none; }
.intervals .interval { stroke: var(--series-1); stroke-width: 2.5; }
.intervals .dot { stroke: var(--series-1); stroke-width: 9; stroke-linecap: round; }
.intervals .origin { stroke: var(--soft); stroke-width: 1.5; }
.intervals .asked { stroke: var(--fail); stroke-width: 2; stroke-dasharray: 4 2; }
.origin-key { display: inline-block; width: 1rem; border-top: 2px solid var(--soft); vertical-align: middle; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 600px) { .intervals td.plot, .intervals th.plot { width: auto; min-width: 6.5rem; padding-left: .3rem; padding-right: .3rem; } .intervals .number { white-space: normal; } .intervals tbody th { min-width: 6rem; } }
`;
