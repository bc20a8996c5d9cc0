import type { Check, Verdict } from '../verdict/verdict.ts';
import { checkRemarks } from './check-remarks.ts';
import { escapeHtml } from './escape-html.ts';
import { exampleRows } from './example-rows.ts';
import { formatCount, formatNumber } from './format-number.ts';

export type Mark = Check['verdict'] | 'info';

const symbols: Readonly<Record<Mark, string>> = { pass: '✓', fail: '✕', inconclusive: '?', skipped: '–', info: '•' };

/** A word with a symbol: the outcome never rests on colour alone. */
export function badge(mark: Mark, word: string = mark): string {
  return `<span class="badge ${mark}"><span aria-hidden="true">${symbols[mark]}</span> ${escapeHtml(word)}</span>`;
}

/** A verdict: what decided first, the rest folded. */
export function htmlVerdict(verdict: Verdict): string {
  const deciding = verdict.checks.filter((check) => check.severity === 'error' || (check.severity === 'warn' && check.verdict === 'fail'));
  const others = verdict.checks.filter((check) => !deciding.includes(check));
  const subjects = [...Object.entries(verdict.subjects.in), ...Object.entries(verdict.subjects.out), ['pipeline', verdict.pipeline.digest], ['code', verdict.code.commit]] as [string, string][];
  return [
    deciding.length === 0 ? '' : checkTable(deciding, `Checks of ${verdict.step}`),
    others.length === 0 ? '' : `<details class="inner"><summary>${formatCount(others.length)} more figures</summary>${checkTable(others, `Figures of ${verdict.step}`)}</details>`,
    ...[...deciding, ...others].flatMap(exampleTable),
    ...(verdict.notes ?? []).map((note) => `<p class="note">${escapeHtml(note)}</p>`),
    `<details class="inner"><summary>Digests</summary><dl class="subjects">${subjects.map(([role, name]) => `<dt>${escapeHtml(role)}</dt><dd><code>${escapeHtml(name)}</code></dd>`).join('')}</dl></details>`,
  ].join('');
}

/** One row per check, with its interval, what is allowed and what to do. */
export function checkTable(checks: readonly Check[], label: string): string {
  const rows = checks.map((check) => {
    const message = [...checkRemarks(check), ...(check.verdict === 'fail' && check.remedy !== undefined ? [check.remedy] : [])].join('. ');
    return `<tr><td>${badge(check.severity === 'info' && check.verdict === 'pass' ? 'info' : check.verdict, check.severity === 'info' && check.verdict === 'pass' ? 'shown' : check.verdict)}</td><th scope="row">${escapeHtml(check.title)}${message === '' ? '' : `<small>${escapeHtml(message)}</small>`}</th><td class="number">${checkValue(check)}</td><td class="number">${escapeHtml(check.threshold ?? '–')}</td><td class="number">${check.sampleSize === undefined ? '–' : formatCount(check.sampleSize)}</td></tr>`;
  });
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(label)}"><table class="checks"><thead><tr><th scope="col">Outcome</th><th scope="col">Check</th><th scope="col" class="number">Value <small>95 % interval</small></th><th scope="col" class="number">Allowed</th><th scope="col" class="number">n</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function exampleTable(check: Check): string[] {
  const examples = exampleRows(check);
  if (examples === undefined) return [];
  const label = `Example rows: ${check.title}`;
  const head = examples.columns.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('');
  const rows = examples.rows.map((row) => `<tr>${row.map((value) => `<td>${escapeHtml(value)}</td>`).join('')}</tr>`).join('');
  return [`<details class="inner"><summary>${escapeHtml(label)}</summary><div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(label)}"><table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div></details>`];
}

function checkValue({ value, interval, unit }: Check): string {
  if (value === null) return '–';
  const text = typeof value === 'number' ? formatNumber(value) : value;
  const between = interval === undefined ? '' : `<small>${formatNumber(interval[0])} to ${formatNumber(interval[1])}</small>`;
  return `<strong>${escapeHtml(text)}</strong>${unit === undefined ? '' : ` ${escapeHtml(unit)}`}${between}`;
}
