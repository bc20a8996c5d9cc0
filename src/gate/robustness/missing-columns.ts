import type { Table } from '../../data/table.ts';
import { takeRows } from '../../data/take-rows.ts';
import { accuracy } from '../../metrics/accuracy.ts';
import { confusionMatrix } from '../../metrics/confusion-matrix.ts';
import { recall } from '../../metrics/recall.ts';
import { rocAuc } from '../../metrics/roc-auc.ts';
import { type Threshold, thresholdOfRow } from '../../metrics/scored-rows.ts';
import { finite } from '../estimate.ts';
import { withoutColumns } from './disturb.ts';
import type { TestedModel } from './tested-model.ts';

/** How far each metric falls when one column is missing in every row; null where it is undefined. */
export interface MissingColumn {
  readonly column: string;
  readonly accuracy: number | null;
  readonly recall: number | null;
  readonly rocAuc: number | null;
}

export interface RankMissing {
  readonly model: TestedModel;
  /** Sampled rows, their positions in the test rows and their labels. */
  readonly table: Table;
  readonly positions: readonly number[];
  readonly labels: Uint8Array;
  readonly columns: readonly string[];
}

/** One run for each column, so fewer rows: a ranking needs no interval. */
const mostRows = 500;

/** Each column missing alone, dearest first by the ranking it costs. Columns that the model does not read are left out. */
export async function rankMissing({ model, table, positions, labels, columns }: RankMissing): Promise<MissingColumn[]> {
  const count = Math.min(mostRows, table.rows);
  const chosen = Array.from({ length: count }, (_, index) => Math.floor(((index + 0.5) * table.rows) / count));
  const rows = takeRows(table, chosen);
  const truth = Uint8Array.from(chosen, (row) => labels[row] ?? 0);
  const { threshold: limit } = model.answers;
  const threshold = typeof limit === 'number' ? limit : Float64Array.from(chosen, (row) => thresholdOfRow(limit, positions[row] ?? -1));
  const measure = (scores: Float64Array): Measured => measured(truth, scores, threshold);
  const clean = measure(await model.scorer.score(rows));
  const costs: MissingColumn[] = [];
  for (const column of columns) {
    if (!model.columns.includes(column)) continue;
    const without = measure(await model.scorer.score(withoutColumns(rows, [column])));
    costs.push({ column, accuracy: finite(clean.accuracy - without.accuracy), recall: finite(clean.recall - without.recall), rocAuc: finite(clean.rocAuc - without.rocAuc) });
  }
  return costs.sort((a, b) => (b.rocAuc ?? 0) - (a.rocAuc ?? 0) || (a.column < b.column ? -1 : 1));
}

type Measured = Readonly<Record<'accuracy' | 'recall' | 'rocAuc', number>>;

function measured(labels: Uint8Array, scores: Float64Array, threshold: Threshold): Measured {
  const confusion = confusionMatrix({ labels, scores }, threshold);
  return { accuracy: accuracy(confusion), recall: recall(confusion), rocAuc: rocAuc({ labels, scores }) };
}
