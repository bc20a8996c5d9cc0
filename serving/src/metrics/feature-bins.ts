import { Counter, Gauge, type Registry } from 'prom-client';
import type { AnsweredRequest, AnswerObserver } from '../answer-observer.ts';
import type { ModelDescription } from '../model/model-description.ts';
import type { EncodedRows } from '../model/scorer.ts';
import type { Row } from '../predict/row-encoder.ts';
import { BinCounter } from './bin-counter.ts';
import type { ReferenceBins, ReferenceColumn } from './reference-bins.ts';

export interface FeatureBinsOptions {
  readonly registry: Registry;
  readonly description: ModelDescription;
  /** Label of every series: two versions that answer side by side have bins of their own. */
  readonly version: string;
}

/** Series a scrape may have of bins; columns beyond it are left out and named. */
const maximumBins = 5000;

interface CountedColumn {
  readonly reference: ReferenceColumn;
  /** Position in the model's input. */
  readonly position: number;
  readonly counter: BinCounter;
}

interface Series {
  readonly counter: BinCounter;
  readonly labels: readonly Readonly<Record<string, string>>[];
  readonly reported: Float64Array;
}

/**
 * Counts the answered rows of traffic per bin of the model's reference profile, so that PromQL can work out the PSI of live traffic (serving/README.md).
 * A row costs a binary search or a look-up per feature; Prometheus' own objects are touched only when metrics are asked for.
 */
export class FeatureBins implements AnswerObserver {
  readonly #numbers: CountedColumn[] = [];
  readonly #strings: CountedColumn[] = [];
  readonly #score: BinCounter;
  /** Columns of the profile that are not counted: the model does not take them, or there are too many bins. */
  readonly skipped: string[] = [];

  constructor(reference: ReferenceBins, { registry, description, version }: FeatureBinsOptions) {
    let bins = 0;
    for (const column of reference.columns) {
      const isNumber = column.bins.kind === 'number';
      const position = (isNumber ? description.numbers : description.strings).indexOf(column.name);
      if (position < 0 || bins + column.labels.length > maximumBins) {
        this.skipped.push(column.name);
        continue;
      }
      bins += column.labels.length;
      (isNumber ? this.#numbers : this.#strings).push({ reference: column, position, counter: new BinCounter(column) });
    }
    this.#score = new BinCounter(reference.score);
    this.#exposeFeatures(registry, { version, rows: reference.rows });
    this.#exposeScore(registry, { version, rows: reference.rows, reference: reference.score });
    new Gauge({ registers: [registry], name: 'taxiway_reference_rows', help: 'Rows that the model was fitted on.', labelNames: ['version'] }).set({ version }, reference.rows);
  }

  /** Columns that are counted. */
  get columns(): number {
    return this.#numbers.length + this.#strings.length;
  }

  answered({ purpose, rows, columns, probabilities }: AnsweredRequest): void {
    if (purpose !== 'traffic') return;
    const { count, strings } = rows;
    if (columns === undefined) this.#countRounded(rows);
    else this.#countSent(columns);
    const stringWidth = strings.length / count;
    for (const { counter, position } of this.#strings) {
      for (let index = position; index < strings.length; index += stringWidth) counter.countString(strings[index] ?? '');
    }
    for (let row = 0; row < count; row += 1) this.#score.countNumber(probabilities[row] ?? Number.NaN);
  }

  /** As sent, which is what drift is measured on: what the model is given is rounded to 32 bits, and may then lie on the other side of an edge. */
  #countSent(rows: readonly Row[]): void {
    for (const row of rows) {
      for (const { counter, reference } of this.#numbers) {
        const value = row[reference.name];
        // Some callers round it before they send it: FP32 tensors, or floats of 32 bits written as JSON.
        if (typeof value === 'number' && Math.fround(value) === value) counter.countRounded(value);
        else counter.countNumber(typeof value === 'number' ? value : Number.NaN);
      }
    }
  }

  #countRounded({ count, numbers }: EncodedRows): void {
    const width = numbers.length / count;
    for (const { counter, position } of this.#numbers) {
      for (let index = position; index < numbers.length; index += width) counter.countRounded(numbers[index] ?? Number.NaN);
    }
  }

  #exposeFeatures(registry: Registry, { version, rows }: { readonly version: string; readonly rows: number }): void {
    const registers = [registry];
    const shares = new Gauge({ registers, name: 'taxiway_reference_bin_share', help: 'Share of the rows that the model was fitted on in each bin of a feature.', labelNames: ['version', 'feature', 'bin'] });
    const series = [...this.#numbers, ...this.#strings].map(({ reference, counter }) => {
      const labels = reference.labels.map((bin) => ({ version, feature: reference.name, bin }));
      for (const [bin, label] of labels.entries()) shares.set(label, (reference.counts[bin] ?? 0) / rows);
      return seriesOf(counter, labels);
    });
    new Counter({
      registers,
      name: 'taxiway_feature_bin_total',
      help: 'Rows answered in each bin of a feature, traffic only.',
      labelNames: ['version', 'feature', 'bin'],
      collect() {
        for (const one of series) report(this, one);
      },
    });
  }

  #exposeScore(registry: Registry, { version, rows, reference }: { readonly version: string; readonly rows: number; readonly reference: ReferenceColumn }): void {
    const registers = [registry];
    const labels = reference.labels.map((bin) => ({ version, bin }));
    const shares = new Gauge({ registers, name: 'taxiway_reference_score_bin_share', help: 'Share of the rows that the model was fitted on in each bin of its score.', labelNames: ['version', 'bin'] });
    for (const [bin, label] of labels.entries()) shares.set(label, (reference.counts[bin] ?? 0) / rows);
    const series = seriesOf(this.#score, labels);
    new Counter({
      registers,
      name: 'taxiway_score_bin_total',
      help: 'Rows answered in each bin of the score, traffic only.',
      labelNames: ['version', 'bin'],
      collect() {
        report(this, series);
      },
    });
  }
}

function seriesOf(counter: BinCounter, labels: Series['labels']): Series {
  // NaN: a bin is reported once, with 0, before its first row.
  return { counter, labels, reported: new Float64Array(labels.length).fill(Number.NaN) };
}

function report(metric: Counter, { counter, labels, reported }: Series): void {
  for (const [bin, label] of labels.entries()) {
    const count = counter.counts[bin] ?? 0;
    const before = reported[bin] ?? Number.NaN;
    if (count === before) continue;
    metric.inc(label, Number.isNaN(before) ? count : count - before);
    reported[bin] = count;
  }
}
