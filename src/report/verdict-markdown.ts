import type { Check, Outcome, Verdict } from '../verdict/verdict.ts';
import { escapeMarkdown } from './escape-markdown.ts';
import { formatCount, formatNumber } from './format-number.ts';
import { mermaidChart } from './mermaid-chart.ts';

const outcomeWords: Readonly<Record<Outcome | 'skipped', string>> = {
  pass: '✅ pass',
  fail: '❌ fail',
  inconclusive: '❔ inconclusive',
  skipped: '⏭️ skipped',
};

/** Comments are found again by this line; GitHub does not show it. */
export function stickyMarker(step: string, subject: string): string {
  const safe = (text: string): string => text.replace(/[^A-Za-z0-9._/-]/g, '-').replace(/--+/g, '-');
  return `<!-- taxiway:${safe(step)}:${safe(subject)} -->`;
}

/** A verdict as a pull-request comment or job summary. Everything from data or files is escaped. */
export function verdictMarkdown(verdict: Verdict): string {
  const deciding = verdict.checks.filter((check) => check.severity === 'error');
  const others = verdict.checks.filter((check) => check.severity !== 'error');
  const remedies = verdict.checks.filter((check) => check.remedy !== undefined && check.verdict !== 'pass' && check.verdict !== 'skipped');
  const parts = [
    `## ${outcomeWords[verdict.verdict]} · ${escapeMarkdown(verdict.step)} · ${escapeMarkdown(verdict.pipeline.name)}`,
    escapeMarkdown(verdict.summary),
    deciding.length > 0 ? checkTable(deciding) : '_No check decided here._',
    ...(remedies.length > 0 ? ['### What to do', remedies.map(remedyLine).join('\n')] : []),
    ...(verdict.charts ?? []).flatMap((chart) => mermaidChart(chart) ?? []),
    ...(others.length > 0 ? [fold(`${formatCount(others.length)} more figures (they do not decide)`, checkTable(others))] : []),
    ...(verdict.notes ?? []).map((note) => `> ${escapeMarkdown(note)}`),
    fold('Subjects', subjects(verdict)),
  ];
  return `${parts.join('\n\n')}\n`;
}

function checkTable(checks: readonly Check[]): string {
  const rows = checks.map((check) =>
    [
      outcomeWords[check.verdict],
      escapeMarkdown(check.title),
      checkValue(check),
      escapeMarkdown(check.threshold ?? '–'),
      check.sampleSize === undefined ? '–' : formatCount(check.sampleSize),
      escapeMarkdown(check.message ?? ''),
    ].join(' | '),
  );
  return ['| | Check | Value [95 % interval] | Allowed | n | |', '|---|---|---|---|---|---|', ...rows.map((row) => `| ${row} |`)].join('\n');
}

function checkValue(check: Check): string {
  if (check.value === null) return '–';
  const unit = check.unit === undefined ? '' : ` ${escapeMarkdown(check.unit)}`;
  if (typeof check.value === 'string') return `${escapeMarkdown(check.value)}${unit}`;
  const interval = check.interval === undefined ? '' : ` [${check.interval.map(formatNumber).join(', ')}]`;
  return `**${formatNumber(check.value)}**${interval}${unit}`;
}

function remedyLine(check: Check): string {
  return `- **${escapeMarkdown(check.title)}**: ${escapeMarkdown(check.remedy ?? '')}`;
}

function subjects(verdict: Verdict): string {
  const line = (direction: string) => ([role, name]: [string, string]): string => `| ${direction} | ${escapeMarkdown(role)} | ${escapeMarkdown(name)} |`;
  return [
    '| | | |',
    '|---|---|---|',
    ...Object.entries(verdict.subjects.in).map(line('in')),
    ...Object.entries(verdict.subjects.out).map(line('out')),
    `| | pipeline | ${escapeMarkdown(verdict.pipeline.digest)} |`,
    `| | code | ${escapeMarkdown(verdict.code.commit)} |`,
    `| | as of | ${escapeMarkdown(verdict.asOf)} |`,
  ].join('\n');
}

function fold(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}
