import type { Table } from '../data/table.ts';
import { UserError } from '../errors.ts';
import { numberColumn } from '../features/column-values.ts';
import { trainingCuts } from './head.ts';
import type { Head } from './training-schema.ts';

/**
 * The label column, checked: 0 or 1 in every row, both present, so at least two rows.
 * @throws UserError `training-data-invalid`
 */
export function labelsOf(table: Table, label: string, purpose: string): Float64Array {
  const labels = numberColumn(table, label);
  const fail = (what: string, hint: string): UserError => new UserError('training-data-invalid', `The ${purpose} rows ${what}.`, { hint });
  if (labels.length === 0) throw fail('are none at all', 'Widen the training window, or look at what `scored-rows` leaves.');
  const odd = labels.findIndex((value) => value !== 0 && value !== 1);
  if (odd >= 0) throw fail(`have ${labels[odd]} in column "${label}" (row ${odd}), where only 0 and 1 are allowed`, 'Train on the rows that `scored-rows` selects.');
  const positives = labels.reduce((sum, value) => sum + value, 0);
  if (positives === 0 || positives === labels.length) {
    throw fail(`need both labels, but ${positives} of ${labels.length} are positive`, 'Widen the training window.');
  }
  return labels;
}

/** What the network is asked, 0/1, row-major [rows, cuts]: the label itself, then for each auxiliary cut whether the target reaches it. */
export function trainingTargets(table: Table, labels: Float64Array, head: Head): Float32Array {
  return targetsOfValues(targetValues(table, head), labels, head);
}

/** The target column, where further cuts ask for it; empty where the label says all. */
export function targetValues(table: Table, head: Head): Float64Array {
  return head.type === 'sigmoid' || trainingCuts(head).length === 1 ? new Float64Array() : numberColumn(table, head.target);
}

/** The same from the target column's values. */
export function targetsOfValues(values: Float64Array | Float32Array, labels: Float64Array, head: Head): Float32Array {
  const cuts = trainingCuts(head);
  const targets = new Float32Array(labels.length * cuts.length);
  labels.forEach((label, row) => (targets[row * cuts.length] = label));
  if (head.type === 'sigmoid' || cuts.length === 1) return targets;
  for (const [row, value] of values.entries()) {
    if (Number.isNaN(value)) throw new UserError('training-data-invalid', `Row ${row} of the training rows has no "${head.target}".`, { hint: 'Train on the rows that `scored-rows` selects.' });
    cuts.slice(1).forEach((cut, index) => (targets[row * cuts.length + index + 1] = value >= cut ? 1 : 0));
  }
  return targets;
}
