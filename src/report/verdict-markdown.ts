import type { Check, Outcome, Verdict } from '../verdict/verdict.ts';
import { checkRemarks } from './check-remarks.ts';
import { escapeMarkdown, escapeSummary } from './escape-markdown.ts';
import { cutText, exampleRows } from './example-rows.ts';
import { formatCount, formatEstimate, formatNumber } from './format-number.ts';
import { markdownCuts, type MarkdownCut } from './markdown-cuts.ts';
import { mermaidChart } from './mermaid-chart.ts';
import { isSlice, sliceTable, type SliceTable } from './slice-rows.ts';

const outcomeWords: Readonly<Record<Outcome | 'skipped', string>> = {
  pass: '✅ pass',
  fail: '❌ fail',
  inconclusive: '❔ inconclusive',
  skipped: '⏭️ skipped',
};

/** A figure that nothing is asked of cannot have passed: it is shown. */
function outcomeWord({ severity, verdict, threshold }: Check): string {
  return severity === 'info' && verdict === 'pass' && threshold === undefined ? 'ℹ️ shown' : outcomeWords[verdict];
}

/** GitHub takes 65,536 characters in a comment; the marker and what a caller puts before it need some. */
const maximumLength = 65_000;

/** Comments are found again by this line; GitHub does not show it. */
export function stickyMarker(step: string, subject: string): string {
  const safe = (text: string): string => text.replace(/[^A-Za-z0-9._/-]/g, '-').replace(/--+/g, '-');
  return `<!-- taxiway:${safe(step)}:${safe(subject)} -->`;
}

/**
 * A verdict as a pull-request comment or job summary. Everything from data or files is escaped. Where it would be longer than GitHub takes, example rows go
 * first, then figures and charts, then checks, those that passed before those that did not; what was cut is said.
 */
export function verdictMarkdown(verdict: Verdict): string {
  let text = '';
  for (const cut of markdownCuts) {
    text = render(verdict, cut);
    if (text.length <= maximumLength) break;
  }
  return text;
}

function render(verdict: Verdict, cut: MarkdownCut): string {
  const { notes = [], charts = [] } = verdict;
  const deciding = ordered(verdict.checks.filter((check) => check.severity === 'error'), cut);
  const others = ordered(verdict.checks.filter((check) => check.severity !== 'error' && !isSlice(check)), cut);
  const slices = sliceTable(verdict.checks.filter((check) => check.severity !== 'error'));
  const remedies = [...deciding, ...others].filter((check) => check.remedy !== undefined && check.verdict !== 'pass' && check.verdict !== 'skipped');
  const parts = [
    `## ${outcomeWords[verdict.verdict]} · ${escapeMarkdown(verdict.step)} · ${escapeMarkdown(verdict.pipeline.name)}`,
    escapeMarkdown(cutText(verdict.summary, cut.characters)),
    deciding.some((check) => check.blocking !== false) ? '' : '_No check decided here._',
    deciding.length > 0 ? checkTable(deciding, cut) : '',
    ...(remedies.length > 0 ? ['### What to do', remedies.map((check) => remedyLine(check, cut)).join('\n')] : []),
    ...(cut.examples === 0 ? [] : [...deciding, ...others].flatMap((check) => exampleTable(check, cut))),
    ...(cut.figures ? charts.flatMap((chart) => mermaidChart(chart) ?? []) : []),
    ...(cut.figures && slices !== undefined ? [fold(`Slices (${formatCount(slices.rows.length)})`, sliceMarkdown(slices, cut))] : []),
    ...(cut.figures && others.length > 0 ? [fold(`${formatCount(others.length)} more figures (they do not decide)`, checkTable(others, cut))] : []),
    ...notes.slice(0, cut.notes).map((note) => `> ${escapeMarkdown(cutText(note, cut.characters))}`),
    ...(cut.said === undefined ? [] : [`> Cut to fit into a comment: ${cut.said}. The verdict holds everything.`]),
    fold('Subjects', subjects(verdict, cut)),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** Where not all fit, those that did not pass come first. */
function ordered(checks: readonly Check[], { checks: limit }: MarkdownCut): readonly Check[] {
  if (checks.length <= limit) return checks;
  const rank = ({ verdict }: Check): number => ['fail', 'inconclusive', 'pass', 'skipped'].indexOf(verdict);
  return [...checks].sort((a, b) => rank(a) - rank(b)).slice(0, limit);
}

function checkTable(checks: readonly Check[], cut: MarkdownCut): string {
  const rows = checks.map((check) =>
    [
      outcomeWord(check),
      cell(check.title, cut),
      checkValue(check, cut),
      cell(check.threshold ?? '–', cut),
      check.sampleSize === undefined ? '–' : formatCount(check.sampleSize),
      cell(checkRemarks(check).join('; '), cut),
    ].join(' | '),
  );
  return ['| | Check | Value [95 % interval] | Allowed | n | |', '|---|---|---|---|---|---|', ...rows.map((row) => `| ${row} |`)].join('\n');
}

function exampleTable(check: Check, { examples }: MarkdownCut): string[] {
  const found = exampleRows(check, examples);
  if (found === undefined) return [];
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  return [fold(`Example rows: ${escapeSummary(cutText(check.title))}`, [line(found.columns), `|${'---|'.repeat(found.columns.length)}`, ...found.rows.map(line)].join('\n'))];
}

function sliceMarkdown({ metrics, rows }: SliceTable, cut: MarkdownCut): string {
  const compared = rows.some(({ cells }) => [...cells.values()].some(({ gain }) => gain !== undefined));
  const head = metrics.flatMap((metric) => [`${cell(metric, cut)} | n`, ...(compared ? [`gain in ${cell(metric, cut)}`] : [])]);
  const lines = rows.map(({ column, value, cells }) => {
    const values = metrics.flatMap((metric) => {
      const found = cells.get(metric);
      if (found === undefined) return compared ? ['– | –', '–'] : ['– | –'];
      const { check, gain, gainInterval } = found;
      return [`${checkValue(check, cut)} | ${check.sampleSize === undefined ? '–' : formatCount(check.sampleSize)}`, ...(compared ? [formatEstimate(gain, gainInterval, true)] : [])];
    });
    return `| ${cell(`${column}: ${value}`, cut)} | ${values.join(' | ')} |`;
  });
  const columns = 1 + metrics.length * (compared ? 3 : 2);
  return [`| Slice | ${head.join(' | ')} |`, `|${'---|'.repeat(columns)}`, ...lines].join('\n');
}

function checkValue(check: Check, cut: MarkdownCut): string {
  if (check.value === null) return '–';
  const unit = check.unit === undefined ? '' : ` ${escapeMarkdown(check.unit)}`;
  if (typeof check.value === 'string') return `${cell(check.value, cut)}${unit}`;
  const interval = check.interval === undefined ? '' : ` [${check.interval.map(formatNumber).join(', ')}]`;
  return `**${formatNumber(check.value)}**${interval}${unit}`;
}

function remedyLine(check: Check, cut: MarkdownCut): string {
  return `- **${cell(check.title, cut)}**: ${cell(check.remedy ?? '', cut)}`;
}

function subjects(verdict: Verdict, cut: MarkdownCut): string {
  const all = [...Object.entries(verdict.subjects.in).map(([role, name]) => ['in', role, name] as const), ...Object.entries(verdict.subjects.out).map(([role, name]) => ['out', role, name] as const)];
  const rest = all.length - cut.subjects;
  return [
    '| | | |',
    '|---|---|---|',
    ...all.slice(0, cut.subjects).map(([direction, role, name]) => `| ${direction} | ${cell(role, cut)} | ${cell(name, cut)} |`),
    ...(rest > 0 ? [`| | and ${formatCount(rest)} more | in the verdict |`] : []),
    `| | pipeline | ${escapeMarkdown(verdict.pipeline.digest)} |`,
    `| | code | ${escapeMarkdown(verdict.code.commit)} |`,
    `| | as of | ${escapeMarkdown(verdict.asOf)} |`,
  ].join('\n');
}

function cell(text: string, { characters }: MarkdownCut): string {
  return escapeMarkdown(cutText(text, characters));
}

function fold(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}
