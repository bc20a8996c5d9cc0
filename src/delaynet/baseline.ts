import type { Table } from '../data/table.ts';
import { assertNever } from '../errors.ts';
import { numberColumn } from '../features/column-values.ts';
import { fitDelayNet, type FitDelayNetOptions } from './fit-delaynet.ts';
import { scoreTable } from './score-table.ts';
import type { Baseline } from './training-schema.ts';

export interface FittedBaseline {
  readonly name: string;
  /** A score from here on counts as positive. */
  readonly threshold: number;
  /** One score a row; higher is more likely positive, and a probability only where `probabilities` says so. */
  score(table: Table): Promise<Float64Array>;
  readonly probabilities: boolean;
}

/** One column against one threshold; a missing value counts as not reached. */
function ruleBaseline(rule: Extract<Baseline, { type: 'rule' }>): FittedBaseline {
  return {
    name: `${rule.column} ≥ ${rule.threshold}`,
    threshold: rule.threshold,
    probabilities: false,
    score: (table) => Promise.resolve(numberColumn(table, rule.column).map((value) => (Number.isNaN(value) ? -Infinity : value))),
  };
}

/** The same features and engine, but no hidden layer; the larger learning rate lets so few weights arrive. */
async function logisticRegression(options: FitDelayNetOptions): Promise<FittedBaseline> {
  const { training } = options;
  const { model, threshold } = await fitDelayNet({
    features: options.features,
    fit: options.fit,
    calibrate: options.calibrate,
    label: options.label,
    engine: options.engine,
    logger: options.logger,
    chooseThreshold: options.chooseThreshold,
    training: { ...training, network: { layers: [], head: { type: 'sigmoid' } }, loss: { type: 'cross-entropy' }, optimizer: { ...training.optimizer, 'learning-rate': 0.01, 'weight-decay': 0 } },
  });
  return { name: 'logistic regression', threshold, probabilities: true, score: (table) => scoreTable(model, table, options.engine) };
}

/** Fits a model that the network must beat to be worth its name. */
export async function fitBaseline(baseline: Baseline, options: FitDelayNetOptions): Promise<FittedBaseline> {
  switch (baseline.type) {
    case 'rule':
      return ruleBaseline(baseline);
    case 'logistic-regression':
      return logisticRegression(options);
    default:
      return assertNever(baseline);
  }
}
