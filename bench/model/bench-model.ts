import { numberColumn } from '../../src/features/column-values.ts';
import { describeLooks, readCommittedLooks } from '../../src/gate/committed-looks.ts';
import { differencesOfDraws } from '../../src/metrics/classification-differences.ts';
import { rocAuc } from '../../src/metrics/roc-auc.ts';
import { logLoss } from '../../src/metrics/log-loss.ts';
import type { BenchOptions, BenchReport, BenchResult } from '../bench-report.ts';
import { baseColumns } from './base-columns.ts';
import { fitNetwork, fitSimpleModels } from './fit-models.ts';
import { type BenchModel, type JudgedModel, judgeModel, labelOf } from './judge-models.ts';
import { fitLightGbm } from './lightgbm-peer.ts';
import { type ModelRows, readModelRows, windows } from './model-rows.ts';

const seeds = [2013, 2014, 2015];
const sets = { base: 'LightGBM, base features', same: 'LightGBM, the same features' };

/**
 * The network against gradient boosting and simpler models: fitted on January to April, chosen on May, tested in one look at June to December.
 * A quick run leaves those months closed and only shows May.
 */
export async function benchModel({ quick }: BenchOptions): Promise<BenchReport> {
  const rows = await readModelRows();
  console.log(`${rows.fit.rows} rows to fit, ${rows.calibrate.rows} of May, ${rows.test.rows} to test`);
  const looks = describeLooks(await readCommittedLooks(rows.pipeline.folder), windows.test);
  const openTest = !quick;
  const networks: BenchModel[] = [];
  for (const seed of quick ? seeds.slice(0, 1) : seeds) networks.push(await fitNetwork(rows, { name: `DelayNet, seed ${seed}`, seed, openTest }));
  const others: BenchModel[] = [];
  // Named presets beside the default: the delay head left out, and the settings of the document that Taxiway follows.
  for (const preset of quick ? ['plain'] : ['plain', 'document', 'document-smote']) others.push(await fitNetwork(rows, { name: `preset ${preset}`, seed: 2013, preset, openTest, ...(quick ? { epochs: 3 } : {}) }));
  others.push(...(await fitSimpleModels(rows, { openTest })));
  const boosted = await fitLightGbm(rows, { 'base features': baseColumns, 'the same features': [...new Set(rows.pipeline.definition.features.flatMap(({ columns }) => columns))] }, { quick });
  const models = [...networks, ...boosted, ...others];
  tellMay(models, rows);
  if (quick) return { bench: 'model', results: [] };
  console.log(looks ?? 'Nobody has written down a look at the test days.');
  const judged = models.map((model) => judgeModel(model, rows));
  tellTest(judged);
  return { bench: 'model', results: resultsOf(judged) };
}

function tellMay(models: readonly BenchModel[], rows: ModelRows): void {
  const labels = numberColumn(rows.calibrate, labelOf(rows));
  console.log('May, on which all was chosen:');
  console.table(models.map(({ name, calibrate: scores }) => ({ model: name, 'ROC-AUC': rocAuc({ labels, scores }).toFixed(4), 'log-loss': logLoss({ labels, scores }).toFixed(4) })));
}

function tellTest(judged: readonly JudgedModel[]): void {
  console.log('June to December, with the operating point of each day:');
  console.table(
    judged.map(({ name, pooled, months, expectedMonths, fiveOrMore }) => ({
      model: name,
      'ROC-AUC': pooled.rocAuc.value.toFixed(4),
      'PR-AUC': pooled.prAuc.value.toFixed(4),
      Brier: pooled.brier.value.toFixed(4),
      accuracy: pooled.accuracy.value.toFixed(4),
      recall: pooled.recall.value.toFixed(4),
      months: months.filter(({ passes }) => passes).length,
      'months expected': expectedMonths.toFixed(2),
      '5 or more': fiveOrMore.toFixed(2),
    })),
  );
  for (const { name, months } of judged.slice(0, 1)) {
    console.log(`${name}, by month:`);
    console.table(months.map(({ month, metrics, passes }) => ({ month, accuracy: metrics.accuracy.value.toFixed(4), recall: metrics.recall.value.toFixed(4), 'ROC-AUC': metrics.rocAuc.value.toFixed(4), passes })));
  }
}

/** The bars are held by the seed of the pipeline file; the others show how much of a figure is luck. */
function resultsOf(judged: readonly JudgedModel[]): BenchResult[] {
  const named = (name: string): JudgedModel => {
    const found = judged.find((model) => model.name === name);
    if (found === undefined) throw new Error(`${name} was not judged`);
    return found;
  };
  const network = named(`DelayNet, seed ${seeds[0]}`);
  const { pooled, months } = network;
  const aucs = seeds.map((seed) => named(`DelayNet, seed ${seed}`).pooled.rocAuc.value);
  const gains = [sets.base, sets.same].map((name) => ({ name, gain: differencesOfDraws(pooled, named(name).pooled).rocAuc }));
  for (const { name, gain } of gains) console.log(`ROC-AUC of DelayNet above ${name}: ${gain.value.toFixed(4)} [${gain.interval.map((end) => end.toFixed(4)).join(', ')}]`);
  const [aboveBase, aboveSame] = gains.map(({ gain }) => gain.interval[0]);
  return [
    atLeast('roc_auc_above_lightgbm_base_lower_end', aboveBase, 0.004),
    atLeast('roc_auc_above_lightgbm_same_features_lower_end', aboveSame, -0.0015),
    atLeast('pr_auc', pooled.prAuc.value, 0.88),
    { metric: 'brier', ours: pooled.brier.value, peer: 'limit', peerValue: 0.0725, ratio: pooled.brier.value / 0.0725, bar: 1, rounds: 1 },
    atLeast('accuracy', pooled.accuracy.value, 0.85),
    atLeast('recall', pooled.recall.value, 0.8),
    atLeast('months_with_all_targets', months.filter(({ passes }) => passes).length, 5),
    ...gains.map(({ name }) => shown('roc_auc', pooled.rocAuc.value, { peer: name, value: named(name).pooled.rocAuc.value })),
    ...judged.slice(seeds.length + gains.length).map(({ name, pooled: other }) => shown('roc_auc', pooled.rocAuc.value, { peer: name, value: other.rocAuc.value })),
    shown('roc_auc_sd_over_seeds', standardDeviation(aucs), { peer: 'none', value: 0 }),
    shown('months_expected_when_days_are_resampled', network.expectedMonths, { peer: 'all', value: months.length }),
    shown('chance_of_five_or_more_months', network.fiveOrMore, { peer: 'all', value: 1 }),
  ];
}

/** Larger is better and the limit may be negative or 0, so what is missing to it is added to 1. */
function atLeast(metric: string, ours: number | undefined, limit: number): BenchResult {
  return { metric, ours: ours ?? NaN, peer: 'limit', peerValue: limit, ratio: 1 + limit - (ours ?? NaN), bar: 1, rounds: 1 };
}

function shown(metric: string, ours: number, peer: { readonly peer: string; readonly value: number }): BenchResult {
  return { metric, ours, peer: peer.peer, peerValue: peer.value, ratio: peer.value / ours, bar: null, rounds: 1 };
}

function standardDeviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
