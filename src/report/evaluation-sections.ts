import type { EvaluationCurves, ModelCurves } from '../gate/curves.ts';
import type { Estimate } from '../gate/estimate.ts';
import type { Evaluation } from '../gate/evaluation.ts';
import { gateMetrics } from '../gate/gate-metric.ts';
import { type Curve, curveChart } from './curve-chart.ts';
import { escapeHtml } from './escape-html.ts';
import { formatChange, formatCount, formatEstimate, formatNumber } from './format-number.ts';
import { htmlChart } from './html-chart.ts';
import { type IntervalGroup, intervalTable } from './interval-table.ts';

/** Every metric of every model on the same rows. */
export function modelTable({ candidate, champion, differences, baselines }: Evaluation): string {
  const models = [
    { title: 'candidate', metrics: candidate },
    ...(champion === undefined ? [] : [{ title: 'champion', metrics: champion }]),
    ...(differences === undefined ? [] : [{ title: 'candidate − champion', metrics: differences }]),
    ...baselines,
  ];
  const rows = Object.values(gateMetrics).map(({ name, title }) => {
    const cells = models.map(({ title: model, metrics }) => {
      const { value, interval } = metrics[name];
      const write = model === 'candidate − champion' ? formatChange : formatNumber;
      return `<td class="number">${write(value)}${interval === null ? '' : `<small>${write(interval[0])} to ${write(interval[1])}</small>`}</td>`;
    });
    return `<tr><th scope="row">${escapeHtml(title)}</th>${cells.join('')}</tr>`;
  });
  const head = models.map(({ title }) => `<th scope="col" class="number">${escapeHtml(title)}</th>`).join('');
  return `<div class="card scroll" tabindex="0" role="region" aria-label="Metrics of every model"><table><thead><tr><th scope="col">Metric</th>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

/** ROC, precision–recall, calibration, scores by class, and the threshold sweep. */
export function curveFigures({ models, histogram, thresholds }: EvaluationCurves, metrics: Evaluation, threshold: number | undefined): string {
  const areas = new Map<string, Evaluation['candidate']>([['candidate', metrics.candidate], ...(metrics.champion === undefined ? [] : [['champion', metrics.champion] as const]), ...metrics.baselines.map((baseline) => [baseline.name, baseline.metrics] as const)]);
  const named = (model: ModelCurves, area: 'rocAuc' | 'prAuc'): string => `${model.title}, ${formatNumber(areas.get(model.name)?.[area].value)}`;
  const bins = histogram.positives.map((_, bin) => formatNumber(Number((bin * histogram.width).toFixed(4))));
  const shares = (counts: readonly number[]): { x: string; y: number }[] => {
    const total = Math.max(1, counts.reduce((sum, count) => sum + count, 0));
    return counts.map((count, bin) => ({ x: bins[bin] ?? '', y: count / total }));
  };
  const sweep = (name: string, of: 'accuracy' | 'recall' | 'precision'): Curve => ({
    name,
    points: thresholds.flatMap((point): [number, number][] => (point[of] === null ? [] : [[point.threshold, point[of]]])),
  });
  return [
    curveChart({
      id: 'roc',
      title: 'ROC curve',
      description: 'How many delayed rows are found (up) for how many false alarms (right); the area is beside each name. The dot is where the model’s own threshold stands.',
      xLabel: 'false-positive rate',
      yLabel: 'true-positive rate',
      curves: models.map((model): Curve => ({ name: named(model, 'rocAuc'), points: model.roc, mark: markAt(model.operatingPoint.falsePositiveRate, model.operatingPoint.recall) })),
      diagonal: 'chance',
    }),
    curveChart({
      id: 'precision-recall',
      title: 'Precision–recall curve',
      description: 'How often an alarm is right (up) for how many delayed rows are found (right); the area is beside each name.',
      xLabel: 'recall',
      yLabel: 'precision',
      curves: models.map((model): Curve => ({ name: named(model, 'prAuc'), points: model.precisionRecall, mark: markAt(model.operatingPoint.recall, model.operatingPoint.precision) })),
    }),
    curveChart({
      id: 'calibration',
      title: 'Calibration',
      description: 'Observed share of positive rows among those with about the same score, with 95 % Wilson intervals: on the diagonal, a score means what it says.',
      xLabel: 'mean score',
      yLabel: 'observed share',
      curves: models.flatMap((model): Curve[] => (model.reliability.length === 0 ? [] : [reliabilityOf(model)])),
      diagonal: 'perfectly calibrated',
    }),
    htmlChart({
      id: 'histogram',
      title: 'Scores by class',
      description: `Share of each class by the candidate's score, in ${formatCount(bins.length)} bins named by their lower end: ${formatCount(metrics.rows - metrics.positives)} negative and ${formatCount(metrics.positives)} positive rows.`,
      kind: 'bar',
      xLabel: 'score from',
      yLabel: 'share of class',
      series: [
        { name: 'negative', points: shares(histogram.negatives) },
        { name: 'positive', points: shares(histogram.positives) },
      ],
    }),
    curveChart({
      id: 'thresholds',
      title: 'Other thresholds',
      description: 'What the candidate would do with another threshold. It was chosen on the calibration window; these rows only judge it.',
      xLabel: 'threshold',
      yLabel: 'metric',
      curves: [sweep('accuracy', 'accuracy'), sweep('recall', 'recall'), sweep('precision', 'precision')],
      vertical: threshold === undefined ? undefined : { x: threshold, label: `chosen: ${formatNumber(threshold)}` },
    }),
  ].join('');
}

function markAt(x: number | null, y: number | null): Curve['mark'] {
  return x === null || y === null ? undefined : { x, y, label: 'own threshold' };
}

/** Whiskers on the candidate only: with more models none could be read. */
function reliabilityOf({ name, title, reliability }: ModelCurves): Curve {
  const points = reliability.map(({ meanScore, positiveRate }): [number, number] => [meanScore, positiveRate]);
  if (name !== 'candidate') return { name: title, points };
  return { name: title, points, intervals: reliability.map(({ interval }) => interval), sampleSizes: reliability.map(({ sampleSize }) => sampleSize) };
}

/** Accuracy and recall of every slice that has enough rows: against the champion where there is one, else beside the whole. */
export function sliceFigures(evaluation: Evaluation): string {
  const judged = evaluation.slices.filter(({ notJudged }) => notJudged === undefined);
  const left = evaluation.slices.length - judged.length;
  const tables = (['accuracy', 'recall'] as const).map((metric) => {
    const columns = [...new Set(judged.map(({ column }) => column))];
    const groups = columns.map(
      (column): IntervalGroup => ({
        heading: column,
        rows: judged
          .filter((slice) => slice.column === column)
          .map((slice) => {
            const difference = slice.differences?.[metric];
            const { value, interval, sampleSize } = difference ?? slice[metric];
            const beside = slice.champion === undefined ? undefined : `${formatNumber(slice[metric].value)} against ${formatNumber(slice.champion[metric].value)}`;
            const q = typeof difference?.qValue === 'number' ? `q ${formatNumber(difference.qValue)}` : undefined;
            return { label: slice.value, note: [beside, q].filter((text) => text !== undefined).join('; '), value, interval, sampleSize };
          }),
      }),
    );
    const compared = evaluation.differences !== undefined;
    const whole = evaluation.candidate[metric].value;
    return intervalTable({
      id: `slices-${metric}`,
      title: `${metric === 'accuracy' ? 'Accuracy' : 'Recall'} by slice`,
      description: compared ? 'Candidate − champion on the same rows of the slice; q is the false-discovery rate at which the candidate would be worse than the margin allows.' : 'The candidate alone: there is no champion to compare with.',
      groups,
      origin: compared ? { value: 0, label: 'as good as the champion' } : whole === null ? undefined : { value: whole, label: 'all test rows' },
      signed: compared,
    });
  });
  const note = left === 0 ? '' : `<p class="note">Left out, for too few rows to say anything: ${formatCount(left)}.</p>`;
  return `<div class="charts">${tables.join('')}</div>${note}`;
}

/** What small lies, gaps and storms cost. */
export function robustnessTable({ rows, stresses, missing, notes }: NonNullable<Evaluation['robustness']>): string {
  const cell = ({ value, interval }: Estimate, signed = false): string => `<td class="number">${escapeHtml(formatEstimate(value, interval, signed))}</td>`;
  const metrics = ['accuracy', 'recall', 'rocAuc'] as const;
  const titles = { accuracy: 'Accuracy', recall: 'Recall', rocAuc: 'ROC-AUC' };
  const body = stresses.map((stress) => {
    const lines = metrics.map((metric, index) => {
      const { clean, stressed, drop } = stress.candidate[metric];
      const gain = stress.gains?.[metric];
      const title = index > 0 ? '' : `<th scope="rowgroup" rowspan="3">${escapeHtml(stress.title)}<small>${formatCount(stress.rows)} rows${stress.notCompared === undefined ? '' : `; ${escapeHtml(stress.notCompared)}`}</small></th>`;
      return `<tr>${title}<th scope="row">${titles[metric]}</th><td class="number">${formatNumber(clean)}</td>${cell(stressed)}${cell(drop, true)}${gain === undefined ? '<td class="number">–</td>' : cell(gain, true)}</tr>`;
    });
    return `<tbody>${lines.join('')}</tbody>`;
  });
  const dearest = missing.slice(0, 10).map(({ column, accuracy, recall, rocAuc }) => `<tr><th scope="row">${escapeHtml(column)}</th>${[accuracy, recall, rocAuc].map((value) => `<td class="number">${formatChange(value)}</td>`).join('')}</tr>`);
  return [
    `<p>${formatCount(rows)} test rows, disturbed one way after the other. A drop is what the candidate loses; the last column compares it with the champion under the same disturbance.</p>`,
    stresses.length === 0 ? '' : `<div class="card scroll" tabindex="0" role="region" aria-label="Robustness"><table><thead><tr><th scope="col">Disturbance</th><th scope="col">Metric</th><th scope="col" class="number">Undisturbed</th><th scope="col" class="number">Disturbed</th><th scope="col" class="number">Drop</th><th scope="col" class="number">Against the champion</th></tr></thead>${body.join('')}</table></div>`,
    dearest.length === 0 ? '' : `<h3>What a missing column costs</h3><div class="card scroll" tabindex="0" role="region" aria-label="Cost of missing columns"><table><thead><tr><th scope="col">Column</th><th scope="col" class="number">Accuracy</th><th scope="col" class="number">Recall</th><th scope="col" class="number">ROC-AUC</th></tr></thead><tbody>${dearest.join('')}</tbody></table></div>`,
    ...notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`),
  ].join('');
}

/** Tests that take every row for independent. */
export function testTable({ mcnemar, delong }: NonNullable<Evaluation['tests']>): string {
  const rows = [
    ['McNemar', 'do the two models err on the same rows?', `${formatCount(mcnemar.discordant)} rows are right in one model only`, formatNumber(mcnemar.pValue)],
    ['DeLong', 'do the areas under the ROC curve differ?', `difference ${formatChange(delong.difference)}`, formatNumber(delong.pValue)],
  ].map(([name = '', question = '', found = '', p = '']) => `<tr><th scope="row">${name}<small>${question}</small></th><td>${escapeHtml(found)}</td><td class="number">${escapeHtml(p)}</td></tr>`);
  return `<p>Both assume that rows are independent. Flights of one day are not, so these are reported and never decide.</p><div class="card scroll" tabindex="0" role="region" aria-label="Tests"><table><thead><tr><th scope="col">Test</th><th scope="col">Found</th><th scope="col" class="number">p</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}
