import type { Table } from '../data/table.ts';
import { UserError } from '../errors.ts';
import type { EncodedRows } from '../features/encode-table.ts';
import type { TrainingEngine } from '../ports/training-engine.ts';
import { createRandom } from '../statistics/random.ts';
import { trainingCuts } from './head.ts';
import type { PreparedRows } from './prepare-rows.ts';
import { smote } from './smote.ts';
import { targetsOfValues, targetValues, trainingTargets } from './training-rows.ts';
import type { Head, Training } from './training-schema.ts';

/** What the network is shown: the training rows, and those made up from them. */
export interface LearningRows {
  readonly rows: EncodedRows;
  /** [rows, cuts], 0 or 1. */
  readonly targets: Float32Array;
  /** Of the rows that are shown. */
  readonly positiveShare: number;
}

export interface LearningRowsOptions {
  readonly training: Training;
  readonly fit: Table;
  readonly engine: TrainingEngine;
}

/**
 * The training rows as they are, then rows with a hidden category, then made-up positive rows. Scores and statistics are never taken
 * from the added ones.
 * @throws UserError `training-data-invalid` with a single positive row, between which and another none can be made up.
 */
export async function learningRows(prepared: PreparedRows, options: LearningRowsOptions): Promise<LearningRows> {
  const { labels, fit, hidden } = prepared;
  const { training } = options;
  const { head } = training.network;
  const width = trainingCuts(head).length;
  const targets = trainingTargets(options.fit, labels, head);
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const parts: { rows: EncodedRows; targets: Float32Array; positives: number }[] = [{ rows: fit, targets, positives }];
  if (hidden !== undefined) parts.push({ rows: hidden.rows, targets: pick(targets, width, hidden.source), positives: hidden.source.reduce((sum, row) => sum + (labels[row] ?? 0), 0) });
  if (training.sampling.type === 'smote') {
    const wanted = Math.round(training.sampling.ratio * (labels.length - positives)) - positives;
    if (wanted > 0) parts.push(await madeUpRows(prepared, { ...options, total: wanted, neighbours: training.sampling.neighbours, head }));
  }
  const rows = parts.reduce((sum, part) => sum + part.rows.rows, 0);
  return {
    rows: parts.length === 1 ? fit : appendRows(parts.map((part) => part.rows)),
    targets: parts.length === 1 ? targets : appendFloats(parts.map((part) => part.targets)),
    positiveShare: parts.reduce((sum, part) => sum + part.positives, 0) / rows,
  };
}

async function madeUpRows({ fit, labels }: PreparedRows, options: LearningRowsOptions & { readonly total: number; readonly neighbours: number; readonly head: Head }): Promise<{ rows: EncodedRows; targets: Float32Array; positives: number }> {
  const { total, head, neighbours, engine } = options;
  const positive = Int32Array.from([...labels.keys()].filter((row) => labels[row] === 1));
  if (positive.length < 2) {
    throw new UserError('training-data-invalid', `SMOTE makes up rows between positive rows, but only ${positive.length} of ${labels.length} training rows is positive.`, { hint: 'Widen the training window, or set training.sampling to { type: none }.' });
  }
  const minority = { rows: positive.length, dense: pick(fit.dense, fit.width, positive), width: fit.width, ids: pickIds(fit, positive), embeddings: fit.embeddings };
  const made = await smote(minority, { total, neighbours, engine, random: createRandom(`${options.training.seed}/smote`) });
  // Observed and target move along with the encoded columns, so a made-up row keeps to what lies between two real ones.
  const observed = fit.observed.length === 0 ? new Float32Array() : made.along(pick(fit.observed, 1, positive), 1);
  const target = targetValues(options.fit, head);
  const values = target.length === 0 ? target : made.along(Float32Array.from(positive, (row) => target[row] ?? NaN), 1);
  const targets = targetsOfValues(values, new Float64Array(total).fill(1), head);
  return { rows: { rows: total, dense: made.dense, width: fit.width, ids: made.ids, embeddings: fit.embeddings, observed }, targets, positives: total };
}

function pick(values: Float32Array, width: number, rows: Int32Array): Float32Array {
  const picked = new Float32Array(rows.length * width);
  rows.forEach((row, index) => picked.set(values.subarray(row * width, (row + 1) * width), index * width));
  return picked;
}

function pickIds({ ids, embeddings }: EncodedRows, rows: Int32Array): Int32Array {
  const picked = new Int32Array(rows.length * embeddings);
  rows.forEach((row, index) => picked.set(ids.subarray(row * embeddings, (row + 1) * embeddings), index * embeddings));
  return picked;
}

function appendFloats(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

function appendRows(parts: readonly EncodedRows[]): EncodedRows {
  const [first] = parts;
  if (!first) throw new Error('no rows');
  const ids = new Int32Array(parts.reduce((sum, part) => sum + part.ids.length, 0));
  let offset = 0;
  for (const part of parts) {
    ids.set(part.ids, offset);
    offset += part.ids.length;
  }
  return { ...first, rows: parts.reduce((sum, part) => sum + part.rows, 0), dense: appendFloats(parts.map((part) => part.dense)), ids, observed: appendFloats(parts.map((part) => part.observed)) };
}
