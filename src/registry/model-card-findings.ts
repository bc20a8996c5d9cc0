import { escapeMarkdown, escapeSummary } from '../report/escape-markdown.ts';
import { formatChange, formatCount, formatEstimate, formatNumber } from '../report/format-number.ts';
import { markdownTable } from '../report/markdown-table.ts';
import type { CardFacts } from './card-facts.ts';

type Evaluation = CardFacts['evaluation'];

/** The same metrics of the models beside it; none where nothing stood beside. */
export function besideSection({ champion, baselines }: Evaluation, names: readonly string[]): string[] {
  const models = [...(champion === undefined ? [] : [{ title: 'champion', metrics: champion }]), ...baselines];
  if (models.length === 0) return [];
  const rows = names.map((name) => [escapeMarkdown(name), ...models.map(({ metrics }) => formatEstimate(metrics[name]?.value, metrics[name]?.interval))]);
  return ['### Beside it, on the same rows', markdownTable(['Metric', ...models.map(({ title }) => escapeMarkdown(title))], rows)];
}

export function calibrationSection({ curves }: Evaluation): string[] {
  const reliability = curves?.models.find(({ name }) => name === 'candidate')?.reliability ?? [];
  if (reliability.length === 0) return [];
  const rows = reliability.map(({ meanScore, positiveRate, interval, sampleSize }) => [formatNumber(meanScore), formatEstimate(positiveRate, interval), formatCount(sampleSize)]);
  return ['### Calibration', fold('Observed share by score', markdownTable(['Mean score', 'Observed share with 95 % interval', 'Rows'], rows))];
}

export function sliceSection({ slices }: Evaluation): string[] {
  const judged = slices.filter(({ notJudged }) => notJudged === undefined);
  if (judged.length === 0) return [];
  const rows = judged.map(({ column, value, accuracy, recall }) => [escapeMarkdown(`${column}: ${value}`), formatEstimate(accuracy.value, accuracy.interval), formatCount(accuracy.sampleSize), formatEstimate(recall.value, recall.interval), formatCount(recall.sampleSize)]);
  const left = slices.length - judged.length;
  return [
    '### Slices',
    ...(left === 0 ? [] : [`Left out, for too few rows to say anything: ${formatCount(left)}.`]),
    fold(`Accuracy and recall of ${formatCount(judged.length)} slices`, markdownTable(['Slice', 'Accuracy', 'Rows', 'Recall', 'Positive rows'], rows)),
  ];
}

export function robustnessSection({ robustness }: Evaluation): string[] {
  if (robustness === undefined || robustness.stresses.length === 0) return [];
  const shown = ['accuracy', 'recall', 'rocAuc'];
  const rows = robustness.stresses.map(({ title, candidate }) => [
    escapeMarkdown(title),
    ...shown.map((metric) => {
      const found = candidate[metric];
      return found === undefined ? '–' : `${formatEstimate(found.stressed.value, found.stressed.interval)} (${formatChange(found.drop.value === null ? null : -found.drop.value)})`;
    }),
  ]);
  return ['### Robustness', `Under disturbance, on ${formatCount(robustness.rows)} test rows, with the change in brackets:`, markdownTable(['Disturbance', ...shown], rows)];
}

function fold(title: string, body: string): string {
  return `<details><summary>${escapeSummary(title)}</summary>\n\n${body}\n\n</details>`;
}
