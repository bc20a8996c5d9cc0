import type { Verdict } from '../verdict/verdict.ts';
import { escapeHtml } from './escape-html.ts';
import { formatCount } from './format-number.ts';
import { htmlChart } from './html-chart.ts';
import { badge, htmlVerdict, type Mark } from './html-verdict.ts';
import type { ReportChart } from './report-chart.ts';
import { reportStyle } from './report-style.ts';

export interface ReportInput {
  readonly title: string;
  /** One or two sentences under the title. */
  readonly lead: string;
  /** The few numbers that a reader should leave with. */
  readonly figures: readonly { readonly label: string; readonly value: string; readonly note?: string }[];
  readonly chapters: readonly ReportChapter[];
  readonly timeline: readonly TimelineEntry[];
  readonly charts: readonly ReportChart[];
  readonly commits: readonly ReportCommit[];
  /** Small print at the end: data source, licence, how to run it again. */
  readonly footer: string;
}

export interface ReportChapter {
  readonly number: number;
  readonly title: string;
  readonly text: string;
  /** How it ended, e.g. "version 1 is live". */
  readonly ending: string;
  readonly outcome: Mark;
}

export interface TimelineEntry {
  readonly chapter: number;
  /** The moment in the story, ISO 8601. */
  readonly asOf: string;
  readonly title: string;
  readonly outcome: Mark;
  readonly text: string;
  readonly verdict?: Verdict | undefined;
}

export interface ReportCommit {
  readonly commit: string;
  /** ISO 8601. */
  readonly time: string;
  readonly subject: string;
  readonly trailers?: Readonly<Record<string, string>>;
}

/** One HTML file that needs nothing else: no script, no external resource. Everything given is escaped. */
export function renderReport(input: ReportInput): string {
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><meta name="color-scheme" content="light dark">`,
    `<title>${escapeHtml(input.title)}</title><style>${reportStyle}</style></head><body>`,
    '<a class="skip" href="#story">Skip to the story</a>',
    header(input),
    '<main>',
    figures(input),
    chapters(input),
    section('charts', 'What was measured', input.charts.map(htmlChart).join('')),
    section('story', 'What happened, in order', timeline(input)),
    input.commits.length === 0 ? '' : section('git', 'What git says', commits(input)),
    '</main>',
    `<footer>${escapeHtml(input.footer)}</footer></body></html>\n`,
  ].join('\n');
}

function header({ title, lead }: ReportInput): string {
  const links = [
    ['chapters', 'Chapters'],
    ['charts', 'Charts'],
    ['story', 'Story'],
    ['git', 'Git'],
  ].map(([id, text]) => `<a href="#${id}">${text}</a>`);
  return `<header><div class="runway" aria-hidden="true"></div><p class="brand">Taxiway</p><h1>${escapeHtml(title)}</h1><p class="lead">${escapeHtml(lead)}</p><nav aria-label="Sections">${links.join('')}</nav></header>`;
}

function figures({ figures: list }: ReportInput): string {
  if (list.length === 0) return '';
  const items = list.map(({ label, value, note }) => `<li class="card figure"><span class="value">${escapeHtml(value)}</span><span class="label">${escapeHtml(label)}</span>${note === undefined ? '' : `<span class="note">${escapeHtml(note)}</span>`}</li>`);
  return `<ul class="figures">${items.join('')}</ul>`;
}

function chapters({ chapters: list }: ReportInput): string {
  const items = list.map(
    ({ number, title, text, ending, outcome }) =>
      `<li class="card chapter ${outcome}"><p class="ordinal">Chapter ${number}</p><h3><a href="#chapter-${number}">${escapeHtml(title)}</a></h3><p>${escapeHtml(text)}</p><p class="ending">${badge(outcome, ending)}</p></li>`,
  );
  return section('chapters', 'The story in short', `<ol class="chapters">${items.join('')}</ol>`);
}

function timeline({ timeline: entries, chapters: list }: ReportInput): string {
  const numbers = [...new Set([...list.map(({ number }) => number), ...entries.map(({ chapter }) => chapter)])].sort((a, b) => a - b);
  return numbers
    .map((number) => {
      const title = list.find((chapter) => chapter.number === number)?.title ?? '';
      const own = entries.filter(({ chapter }) => chapter === number);
      if (own.length === 0) return '';
      return `<h3 class="divider" id="chapter-${number}"><span>Chapter ${number}</span> ${escapeHtml(title)}</h3><ol class="timeline">${own.map(timelineEntry).join('')}</ol>`;
    })
    .join('');
}

function timelineEntry({ asOf, title, outcome, text, verdict }: TimelineEntry): string {
  const day = asOf.slice(0, 10);
  const checks = verdict === undefined ? '' : `<details><summary>Verdict: ${formatCount(verdict.checks.length)} checks</summary>${htmlVerdict(verdict)}</details>`;
  return `<li class="entry ${outcome}"><div class="when"><time datetime="${escapeHtml(asOf)}">${escapeHtml(day)}</time>${badge(outcome)}</div><div class="what"><h4>${escapeHtml(title)}</h4><p>${escapeHtml(text)}</p>${checks}</div></li>`;
}

function commits({ commits: list }: ReportInput): string {
  const rows = list.map(({ commit, time, subject, trailers }) => {
    const named = Object.entries(trailers ?? {}).map(([name, value]) => `${name}: ${value}`);
    return `<tr><td><code>${escapeHtml(commit.slice(0, 10))}</code></td><td class="nowrap">${escapeHtml(time.slice(0, 10))}</td><th scope="row">${escapeHtml(subject)}${named.length === 0 ? '' : `<small>${escapeHtml(named.join(' · '))}</small>`}</th></tr>`;
  });
  return `<div class="card scroll" tabindex="0" role="region" aria-label="Commits of the deployment branch"><table><thead><tr><th scope="col">Commit</th><th scope="col">Day</th><th scope="col">Subject</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function section(id: string, title: string, body: string): string {
  return `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${body}</section>`;
}
