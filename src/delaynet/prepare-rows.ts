import type { Table } from '../data/table.ts';
import { type EncodedRows, encodeTable, encodeTrainingTable } from '../features/encode-table.ts';
import type { Features } from '../features/features-schema.ts';
import { fitFeatures, type FittedFeatures } from '../features/fit-features.ts';
import type { TrainingEngine } from '../ports/training-engine.ts';
import { hideCategories, type HiddenCategoryRows } from './hidden-categories.ts';
import { labelsOf } from './training-rows.ts';
import type { Training } from './training-schema.ts';

/** Rows as networks take them, with the statistics that encoded them. Several networks can learn from the same. */
export interface PreparedRows {
  readonly fitted: FittedFeatures;
  readonly fit: EncodedRows;
  readonly labels: Float64Array;
  /** Rows to learn from once more with a category hidden, where the pipeline asks for them. */
  readonly hidden?: HiddenCategoryRows;
  readonly calibrate: EncodedRows;
  readonly calibrateLabels: Float64Array;
}

export interface PrepareRowsOptions {
  readonly features: Features;
  readonly training: Training;
  /** Rows to learn from, and later rows on which training stops and the threshold is chosen. */
  readonly fit: Table;
  readonly calibrate: Table;
  /** The 0/1 column. */
  readonly label: string;
  readonly engine: TrainingEngine;
}

/**
 * Fits the feature transforms on the rows to learn from, unless they are given, and encodes both sets of rows.
 * @throws UserError `column-missing` or `training-data-invalid`
 */
export async function prepareRows(options: PrepareRowsOptions, given?: FittedFeatures): Promise<PreparedRows> {
  const { features, engine } = options;
  const { head } = options.training.network;
  const labels = labelsOf(options.fit, options.label, 'training');
  const calibrateLabels = labelsOf(options.calibrate, options.label, 'calibration');
  const fitted = given ?? fitFeatures(features, { table: options.fit, labels, ...(head.type === 'delay' ? { observed: head.observed } : {}) });
  const fit = await encodeTrainingTable(options.fit, { features, fitted, labels }, engine);
  const { seed, 'category-dropout': share } = options.training;
  const hidden = share > 0 ? await hideCategories({ features, fitted, table: options.fit, encoded: fit, share, seed, engine }) : undefined;
  return {
    fitted,
    fit,
    labels,
    ...(hidden === undefined ? {} : { hidden }),
    calibrate: await encodeTable(options.calibrate, { features, fitted }, engine),
    calibrateLabels,
  };
}
