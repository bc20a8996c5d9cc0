import type { EvaluationCurves } from '../gate/curves.ts';
import type { Evaluation } from '../gate/evaluation.ts';
import type { GateSection } from '../pipeline/schema/gate.ts';
import type { Check, Outcome } from '../verdict/verdict.ts';
import { escapeHtml } from './escape-html.ts';
import { curveFigures, modelTable, robustnessTable, sliceFigures, testTable } from './evaluation-sections.ts';
import { formatCount, formatShare } from './format-number.ts';
import { badge, checkTable } from './html-verdict.ts';
import { type IntervalRow, intervalTable, intervalTableStyle } from './interval-table.ts';
import { reportStyle } from './report-style.ts';

export interface EvaluationPage {
  /** E.g. evaluate-gate: flight-delay. */
  readonly title: string;
  readonly summary: string;
  readonly outcome: Outcome;
  /** What decided, and what was only shown. */
  readonly checks: readonly Check[];
  readonly evaluation: Evaluation & { readonly curves?: EvaluationCurves };
  readonly gate: Pick<GateSection, 'value-checks' | 'change-checks'>;
  /** The candidate's threshold where it is one for all rows. */
  readonly threshold: number | undefined;
  /** Role → digest or name. */
  readonly lineage: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

const style = `
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 500px), 1fr)); gap: .9rem; align-items: start; }
header .badge { margin-top: .9rem; }
.mark { stroke: var(--card); stroke-width: 1.5; }
.legend small { color: var(--soft); }
section > .charts + .card, section > .card + .card { margin-top: .9rem; }
section > .scroll { padding: .3rem .6rem; }
.card.digests { padding: .7rem 1.1rem; }
${intervalTableStyle}`;

/**
 * An evaluation as one HTML file that needs nothing else: no script, no external resource. Everything given is escaped, and the same page is the same bytes.
 */
export function renderEvaluationPage(page: EvaluationPage): string {
  const { title, summary, outcome, evaluation, lineage, notes } = page;
  const parts: [string, string, string, string][] = [
    ['decision', 'Decision', 'What decided', decision(page)],
    ['models', 'Models', 'Every model on the same rows', modelTable(evaluation)],
    ['curves', 'Curves', 'How the scores rank, and whether they hold', evaluation.curves === undefined ? '' : `<div class="charts">${curveFigures(evaluation.curves, evaluation, page.threshold)}</div>`],
    ['slices', 'Slices', 'Who would notice', evaluation.slices.length === 0 ? '' : sliceFigures(evaluation)],
    ['robustness', 'Robustness', 'What disturbs it', evaluation.robustness === undefined ? '' : robustnessTable(evaluation.robustness)],
    ['tests', 'Tests', 'Reported, never decisive', evaluation.tests === undefined ? '' : testTable(evaluation.tests)],
    ['lineage', 'Lineage', 'What exactly was judged', digests(lineage)],
  ];
  const shown = parts.filter(([, , , body]) => body !== '');
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><meta name="color-scheme" content="light dark">`,
    `<title>${escapeHtml(title)}</title><style>${reportStyle}${style}</style></head><body>`,
    '<a class="skip" href="#decision">Skip to the decision</a>',
    `<header><div class="runway" aria-hidden="true"></div><p class="brand">Taxiway</p><h1>${escapeHtml(title)}</h1><p class="lead">${escapeHtml(summary)}</p>${badge(outcome)}<nav aria-label="Sections">${shown.map(([id, short]) => `<a href="#${id}">${short}</a>`).join('')}</nav></header>`,
    '<main>',
    figures(evaluation),
    ...notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`),
    ...shown.map(([id, , heading, body]) => `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${heading}</h2>${body}</section>`),
    '</main>',
    '<footer>Intervals are 95 % percentile intervals of a bootstrap that draws whole days, because rows of one day are not independent; those of calibration are Wilson’s.</footer></body></html>\n',
  ].join('\n');
}

function figures({ rows, positives, days, holdout }: Evaluation): string {
  const list: [string, string, string?][] = [
    [formatCount(rows), 'test rows'],
    [formatCount(positives), 'positive', `${formatShare(positives / Math.max(1, rows))} of the rows`],
    [formatCount(days), 'days'],
    ...(holdout === undefined ? [] : [[formatCount(holdout.earlier), 'earlier uses of these rows', `budget: ${formatCount(holdout.budget)}`] as [string, string, string]]),
  ];
  return `<ul class="figures">${list.map(([value, label, note]) => `<li class="card figure"><span class="value">${value}</span><span class="label">${label}</span>${note === undefined ? '' : `<span class="note">${note}</span>`}</li>`).join('')}</ul>`;
}

function decision({ checks, gate, evaluation }: EvaluationPage): string {
  const limits = limitsOf(gate);
  const isChange = ({ id }: Check): boolean => id.endsWith('-change') && limits.has(id);
  const deciding = checks.filter(({ severity, verdict }) => severity === 'error' || (severity === 'warn' && verdict !== 'pass'));
  const values = deciding.filter((check) => limits.has(check.id) && !isChange(check));
  const changes = deciding.filter((check) => isChange(check) && check.verdict !== 'skipped');
  const others = deciding.filter((check) => !values.includes(check) && !changes.includes(check));
  const rowOf = (check: Check): IntervalRow => ({
    label: check.title,
    note: [`asked: ${check.threshold ?? 'nothing'}`, ...(check.verdict === 'pass' || check.message === undefined ? [] : [check.message])].join('; '),
    value: typeof check.value === 'number' ? check.value : null,
    interval: check.interval ?? null,
    sampleSize: check.sampleSize,
    limit: limits.get(check.id),
    outcome: check.verdict,
  });
  const drawn = [
    values.length === 0 ? '' : intervalTable({ id: 'value-checks', title: 'Value checks', description: 'The candidate alone; the dashed tick is what is asked. The point decides.', groups: [{ heading: '', rows: values.map(rowOf) }] }),
    changes.length === 0
      ? ''
      : intervalTable({
          id: 'change-checks',
          title: 'Change checks',
          description: 'Gain over the champion on the same rows. The point must reach the dashed tick, and the whole interval must lie above 0.',
          groups: [{ heading: '', rows: changes.map(rowOf) }],
          origin: { value: 0, label: 'as good as the champion' },
          signed: true,
        }),
  ].join('');
  const first = evaluation.champion === undefined ? '<p class="note">There is no champion: change checks are skipped.</p>' : '';
  return `${drawn === '' ? '' : `<div class="charts">${drawn}</div>`}${first}${others.length === 0 ? '' : `<div class="card">${checkTable(others, 'Other checks that decide')}</div>`}`;
}

/** Only metrics, which share one axis. */
function limitsOf(gate: EvaluationPage['gate']): Map<string, number> {
  const values = gate['value-checks'].flatMap((check): [string, number][] => (check.metric === 'latency-p95' ? [] : [[check.metric, 'minimum' in check ? check.minimum : check.maximum]]));
  const changes = gate['change-checks'].flatMap((check): [string, number][] => ('minimum-change' in check ? [[`${check.metric}-change`, check['minimum-change']]] : []));
  return new Map([...values, ...changes]);
}

function digests(lineage: EvaluationPage['lineage']): string {
  const rows = Object.entries(lineage).map(([role, name]) => `<dt>${escapeHtml(role)}</dt><dd><code>${escapeHtml(name)}</code></dd>`);
  return rows.length === 0 ? '' : `<div class="card digests"><dl class="subjects">${rows.join('')}</dl></div>`;
}
