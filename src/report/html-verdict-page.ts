import type { Verdict } from '../verdict/verdict.ts';
import { escapeHtml } from './escape-html.ts';
import { badge, htmlVerdict } from './html-verdict.ts';
import { reportStyle } from './report-style.ts';

const style = `
.verdict { padding: .4rem 1.1rem 1.1rem; }
.verdict > .scroll { margin-top: .4rem; }
header .badge { margin-top: .9rem; }
`;

/** One verdict as a file that needs nothing else: no script, no external resource. Everything given is escaped. */
export function renderVerdictPage(verdict: Verdict): string {
  const title = `${verdict.step}: ${verdict.pipeline.name}`;
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><meta name="color-scheme" content="light dark">`,
    `<title>${escapeHtml(title)}</title><style>${reportStyle}${style}</style></head><body>`,
    `<header><div class="runway" aria-hidden="true"></div><p class="brand">Taxiway</p><h1>${escapeHtml(title)}</h1><p class="lead">${escapeHtml(verdict.summary)}</p>${badge(verdict.verdict)}</header>`,
    `<main><section aria-labelledby="checks-title"><h2 id="checks-title">Checks</h2><div class="card verdict">${htmlVerdict(verdict)}</div></section></main>`,
    `<footer>Judged as of <time datetime="${escapeHtml(verdict.asOf)}">${escapeHtml(verdict.asOf)}</time>.</footer></body></html>\n`,
  ].join('\n');
}
