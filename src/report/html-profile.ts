import type { RowsProfile } from '../data/profile-rows.ts';
import { escapeHtml } from './escape-html.ts';
import { formatCount, formatShare } from './format-number.ts';
import { columnAnchor, columnCard, formatValue, type ProfileSides, stabilityBadge } from './profile-column.ts';
import { reportStyle } from './report-style.ts';

export interface ProfilePage {
  /** E.g. the pipeline's name or the file's. */
  readonly title: string;
  /** What the rows are: digest or path, window. */
  readonly lead: string;
  readonly profile: RowsProfile;
  /** What the two sides are called where the profile has a reference. */
  readonly sides?: ProfileSides;
  readonly footer?: string;
}

const style = `
.columns { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr)); gap: .9rem; align-items: start; }
.column { padding: 1rem 1.1rem; min-width: 0; scroll-margin-top: 1rem; }
.column .title { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: .1rem 1rem; }
.column h3 { margin: 0; font-size: 1.08rem; overflow-wrap: anywhere; }
.column .type { margin: 0; color: var(--soft); font-size: .82rem; font-variant: all-small-caps; letter-spacing: .04em; }
.column .psi { margin: .35rem 0 0; }
.column .chart { padding: .7rem 0 0; }
.column .chart svg { max-width: none; }
.column svg rect { rx: 0; }
dl.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.2rem, 1fr)); gap: .15rem 1.2rem; margin: .6rem 0 0; font-size: .9rem; }
dl.facts.long { grid-template-columns: 1fr; }
dl.facts div { display: flex; justify-content: space-between; gap: .6rem; border-bottom: 1px solid var(--line); padding: .12rem 0; }
.facts dt { color: var(--soft); white-space: nowrap; } .facts dd { margin: 0; font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap; }
table.facts th, table.facts td { padding: .15rem .3rem; } table.facts tbody th { min-width: 0; white-space: nowrap; color: var(--soft); }
.column details { margin-top: .5rem; font-size: .92rem; }
.overview th[scope=row] { min-width: 0; white-space: nowrap; overflow-wrap: normal; }
.column .note { margin: .2rem 0 0; }
@media (max-width: 600px) { .overview .wider { display: none; } }
`;

/** One HTML file that needs nothing else: no script, no external resource. Everything given is escaped. */
export function renderProfilePage({ title, lead, profile, sides = { rows: 'rows', reference: 'reference' }, footer = '' }: ProfilePage): string {
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><meta name="color-scheme" content="light dark">`,
    `<title>${escapeHtml(title)}</title><style>${reportStyle}${style}</style></head><body>`,
    '<a class="skip" href="#columns">Skip to the columns</a>',
    `<header><div class="runway" aria-hidden="true"></div><p class="brand">Taxiway</p><h1>${escapeHtml(title)}</h1><p class="lead">${escapeHtml(lead)}</p><nav aria-label="Sections"><a href="#overview">Overview</a><a href="#columns">Columns</a></nav></header>`,
    '<main>',
    figures(profile),
    `<section id="overview" aria-labelledby="overview-title"><h2 id="overview-title">All columns at a glance</h2>${overview(profile)}</section>`,
    `<section id="columns" aria-labelledby="columns-title"><h2 id="columns-title">Column by column</h2><div class="columns">${profile.columns.map((column) => columnCard(column, sides)).join('')}</div></section>`,
    '</main>',
    `<footer>${escapeHtml(footer)}${footer === '' ? '' : ' '}All counts and quantiles are exact; a quantile is a value of the rows (nearest rank). Moments are UTC.</footer></body></html>\n`,
  ].join('\n');
}

function figures({ rows, columns, reference }: RowsProfile): string {
  const incomplete = columns.filter(({ summary }) => summary.missing > 0).length;
  const constant = columns.filter(({ summary }) => summary.distinct === 1 && summary.missing === 0).length;
  const moved = columns.filter((column) => (column.reference?.psi ?? 0) >= 0.1).length;
  const list: [string, string, (string | undefined)?][] = [
    [formatCount(rows), 'rows', reference === undefined ? undefined : `reference: ${formatCount(reference.rows)}`],
    [formatCount(columns.length), 'columns', reference === undefined || reference.columns === columns.length ? undefined : `reference: ${formatCount(reference.columns)}`],
    [formatCount(incomplete), 'with missing values'],
    [formatCount(constant), 'with one value only'],
    ...(reference === undefined ? [] : [[formatCount(moved), 'moved', 'PSI 0.1 or more'] as [string, string, string]]),
  ];
  return `<ul class="figures">${list.map(([value, label, note]) => `<li class="card figure"><span class="value">${value}</span><span class="label">${label}</span>${note === undefined ? '' : `<span class="note">${note}</span>`}</li>`).join('')}</ul>`;
}

function overview({ columns, reference }: RowsProfile): string {
  const rows = columns.map(({ summary, reference: other }) => {
    const value = (number: number | undefined): string => (number === undefined ? '–' : escapeHtml(formatValue(number, summary)));
    const { numbers } = summary;
    return [
      `<tr><th scope="row"><a href="#${columnAnchor(summary.name)}">${escapeHtml(summary.name)}</a></th><td class="wider">${escapeHtml(summary.type)}</td>`,
      `<td class="number">${summary.missing === 0 ? '0' : formatShare(summary.missing / Math.max(1, summary.rows))}</td><td class="number">${summary.distinct === null ? '–' : formatCount(summary.distinct)}</td>`,
      `<td class="number wider">${value(numbers?.minimum)}</td><td class="number">${numbers === undefined ? escapeHtml(summary.top[0]?.value.slice(0, 24) ?? '–') : value(numbers.quantiles.get(500))}</td><td class="number wider">${value(numbers?.maximum)}</td>`,
      reference === undefined ? '' : `<td class="nowrap">${other === undefined ? 'new' : other.psi === null ? '–' : stabilityBadge(other.psi, true)}</td>`,
      '</tr>',
    ].join('');
  });
  const head = ['<th scope="col">Column</th>', '<th scope="col" class="wider">Type</th>', '<th scope="col" class="number">Missing</th>', '<th scope="col" class="number">Different</th>', '<th scope="col" class="number wider">Minimum</th>', '<th scope="col" class="number">Median <small>or most frequent</small></th>', '<th scope="col" class="number wider">Maximum</th>', ...(reference === undefined ? [] : ['<th scope="col">PSI</th>'])];
  return `<div class="card scroll" tabindex="0" role="region" aria-label="All columns"><table class="overview"><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}
