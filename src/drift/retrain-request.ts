import type { TrainingWindow } from '../pipeline/training-window.ts';
import { escapeMarkdown } from '../report/escape-markdown.ts';
import { formatCount, formatEstimate, formatNumber } from '../report/format-number.ts';
import { mermaidChart } from '../report/mermaid-chart.ts';
import type { Finding } from './finding.ts';
import { type DriftRecord, driftChart } from './history.ts';
import type { Incident } from './incident.ts';

export interface RetrainRequestInput {
  readonly incident: Incident;
  readonly attempt: number;
  readonly window: TrainingWindow;
  readonly asOf: string;
  readonly causes: readonly Finding[];
  /** All findings of this window. */
  readonly findings: readonly Finding[];
  readonly history: readonly DriftRecord[];
}

/** Title and body of the retrain pull request: the evidence, the experiment it proposes, and what merging it will do. */
export function retrainRequest(input: RetrainRequestInput): { title: string; body: string } {
  const { incident, attempt, window, causes, history } = input;
  const title = `Retrain ${incident.model} on rows up to ${window.test.to} (incident ${incident.key}, attempt ${attempt})`;
  const performance = input.findings.filter(({ kind, alarming }) => kind === 'performance' && alarming);
  const others = causes.filter(({ kind }) => kind !== 'performance');
  const charts = [
    driftChart(history, { id: 'drift', title: 'PSI at each check', yLabel: 'PSI', findings: others.filter(({ id }) => id.startsWith('psi.')).slice(0, 5).map(({ id }) => ({ id, name: id.slice('psi.'.length) })) }),
    driftChart(history, { id: 'performance', title: 'Realised accuracy and recall', yLabel: 'share', findings: performance.map(({ id }) => ({ id, name: id.slice('performance.'.length) })) }),
  ];
  const body = [
    `Version ${incident.version} of \`${incident.model}\`, live in \`${incident.environment}\`, has drifted. Checked on ${input.asOf}; the incident was opened on ${incident.openedOn}.`,
    '### What was found',
    findingTable([...causes, ...performance.filter((finding) => !causes.includes(finding))]),
    ...charts.flatMap((chart) => mermaidChart(chart) ?? []),
    '### The experiment',
    [
      '| rows | from | to (exclusive) |',
      '|---|---|---|',
      `| fitted on | ${window.fit.from} | ${window.fit.to} |`,
      `| threshold chosen on | ${window.calibrate.from} | ${window.calibrate.to} |`,
      `| tested on | ${window.test.from} | ${window.test.to} |`,
    ].join('\n'),
    'The checks of this pull request ingest and validate these rows, train a challenger on them and judge it against the live version on the same test rows. Their verdict is written below.',
    '### What merging does',
    `Merging registers, deploys and verifies exactly the challenger that the checks proved; nothing is trained again unless these files change. If the gate refuses, this pull request is closed with its evidence and the incident waits for new labelled days.`,
  ];
  return { title, body: `${body.join('\n\n')}\n` };
}

function findingTable(findings: readonly Finding[]): string {
  const rows = findings.map(
    (finding) =>
      `| ${escapeMarkdown(finding.title)} | ${formatEstimate(finding.value, finding.interval)}${finding.unit === undefined ? '' : ` ${escapeMarkdown(finding.unit)}`} | ${escapeMarkdown(finding.threshold ?? '–')} | ${finding.sampleSize === undefined ? '–' : formatCount(finding.sampleSize)} | ${escapeMarkdown(finding.message ?? '')} |`,
  );
  return ['| Finding | Value [95 % interval] | Allowed | n | |', '|---|---|---|---|---|', ...rows].join('\n');
}

/** Plain text for a notification. */
export function incidentText(causes: readonly Finding[]): string {
  return causes.map(({ title, value, threshold }) => `${title}: ${formatNumber(value)} (allowed ${threshold ?? '–'})`).join('\n');
}
