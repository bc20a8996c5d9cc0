import { fitDelayNet } from '../../src/delaynet/fit-delaynet.ts';
import { scoreTable } from '../../src/delaynet/score-table.ts';
import { challengerThreshold } from '../../src/gate/challenger-threshold.ts';
import { numberColumn } from '../../src/features/column-values.ts';
import { classificationDifferences } from '../../src/metrics/classification-differences.ts';
import { thresholdForRecall } from '../../src/metrics/threshold-for-recall.ts';
import type { GateSection } from '../../src/pipeline/schema/gate.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import { dayIndex, utcDays } from '../../src/statistics/day-index.ts';
import { createRandom } from '../../src/statistics/random.ts';
import { wilson } from '../../src/statistics/wilson.ts';
import type { BenchOptions, BenchReport, BenchResult } from '../bench-report.ts';
import { type FlightRows, openFlightRows } from '../flight-rows.ts';
import { type DaySums, judgeWorld, sumDecisions, type World, type WorldJudgement } from './judge-world.ts';
import { raiseToGain } from './raise-to-gain.ts';

/** The champion and the challengers learn from these rows and choose their thresholds on April; the worlds are made of May. No later month is opened. */
const windows = { fit: ['2013-01-01', '2013-04-01'], calibrate: ['2013-04-01', '2013-05-01'], pool: ['2013-05-01', '2013-06-01'] } as const;
const worldDays = 28;
const seeds = [1, 2, 3, 4, 5, 6];
const points = [0, 1, 2, 3, 5];
/** At most this share of equals may pass. */
const bar = 0.05;

interface Model {
  readonly calibration: Float64Array;
  readonly pool: Float64Array;
}

interface Pool {
  readonly labels: Uint8Array;
  /** 0 … dayCount − 1. */
  readonly days: Int32Array;
  readonly dayCount: number;
  readonly calibrationLabels: Float64Array;
}

/**
 * How often the gate's change checks pass, in worlds of 28 days drawn with replacement from May 2013.
 * Equals: the shipped configuration trained with other seeds, thresholds chosen as `train` does for a first model and for a challenger. True gains: an equal's decisions, some turned right until
 * the gain over the champion on the whole pool is exactly the one asked (raise-to-gain.ts); turned without regard to days, they vary less from day to day than real gains, so real power is somewhat lower. Slices, robustness, latency and the holdout's budget are not asked here: they can only refuse more.
 */
export async function benchGate({ quick }: BenchOptions): Promise<BenchReport> {
  const worlds = quick ? 50 : 1000;
  const rows = await openFlightRows();
  const { pool, models } = await trainSeeds(rows, quick ? seeds.slice(0, 4) : seeds);
  const { gate, training } = rows.pipeline.definition;
  const rule = { ...gate, 'value-checks': [], 'change-checks': gate['change-checks'].filter((check) => check.metric === 'accuracy' || check.metric === 'recall') };
  const lean: GateSection = leave(rule);
  const pairs = models.flatMap((champion) => models.filter((other) => other !== champion).map((challenger) => decide({ champion, challenger }, pool, { gate, target: training.threshold.target })));
  const results = [...equals(pairs, pool, { worlds, gate: lean }), ...gains(pairs, pool, { worlds, gate: lean })];
  return { bench: 'gate', results };
}

/** What only ever refuses, and costs more than the rest together, is left out. */
function leave({ 'slice-checks': _slices, robustness: _robustness, ...rest }: GateSection): GateSection {
  return rest;
}

async function trainSeeds({ read, pipeline, engine }: FlightRows, chosen: readonly number[]): Promise<{ pool: Pool; models: Model[] }> {
  const { features, training, data } = pipeline.definition;
  const [fit, calibrate, test] = [await read(...windows.fit), await read(...windows.calibrate), await read(...windows.pool)];
  const models: Model[] = [];
  for (const seed of chosen) {
    const before = process.cpuUsage();
    const fitted = await fitDelayNet({ features, training: { ...training, seed }, fit, calibrate, label: data.label.column, engine, logger: silentLogger, chooseThreshold: () => 0.5 });
    models.push({ calibration: fitted.calibrationScores, pool: await scoreTable(fitted.model, test, engine) });
    const { user, system } = process.cpuUsage(before);
    console.log(`seed ${seed}: ${fitted.history.length} epochs, ${((user + system) / 1e6).toFixed(0)} s CPU`);
  }
  const index = dayIndex(utcDays(numberColumn(test, data.dataset['event-time'])));
  const labels = Uint8Array.from(numberColumn(test, data.label.column));
  return { models, pool: { labels, days: index.index, dayCount: index.dayCount, calibrationLabels: numberColumn(calibrate, data.label.column) } };
}

/** Champion and challenger with the thresholds that `train` gives them, and what they decide on the pool. */
interface Pair {
  readonly champion: { readonly scores: Float64Array; readonly threshold: number; readonly decisions: Uint8Array };
  readonly challenger: { readonly scores: Float64Array; readonly threshold: number; readonly decisions: Uint8Array };
}

function decide({ champion, challenger }: { champion: Model; challenger: Model }, { calibrationLabels: labels }: Pool, { gate, target }: { gate: GateSection; target: number }): Pair {
  const first = thresholdForRecall({ labels, scores: champion.calibration }, target).threshold;
  const second = challengerThreshold({ scores: champion.calibration, threshold: first }, gate)({ scores: challenger.calibration, labels });
  const side = (scores: Float64Array, threshold: number): Pair['champion'] => ({ scores, threshold, decisions: Uint8Array.from(scores, (score) => (score >= threshold ? 1 : 0)) });
  return { champion: side(champion.pool, first), challenger: side(challenger.pool, second) };
}

interface Judging {
  readonly worlds: number;
  readonly gate: GateSection;
}

function equals(pairs: readonly Pair[], pool: Pool, { worlds, gate }: Judging): BenchResult[] {
  const sums = pairs.map(({ champion, challenger }) => ({ champion: sumDecisions({ ...pool, decisions: champion.decisions }), challenger: sumDecisions({ ...pool, decisions: challenger.decisions }) }));
  const [pair] = pairs;
  const [first] = sums;
  if (pair === undefined || first === undefined) throw new Error('it takes two seeds');
  expectSameAsRows(pair, first, { pool, gate });
  const before = process.cpuUsage();
  const judged = Array.from({ length: worlds }, (_, number) => judgeWorld(sums[number % sums.length] ?? first, drawWorld(number, pool), gate));
  const { user, system } = process.cpuUsage(before);
  console.log(`${worlds} worlds of ${pairs.length} pairs of equals: ${((user + system) / 1000 / worlds).toFixed(1)} ms CPU a world`);
  const passed = wilson(judged.filter((world) => world.passed).length, worlds);
  const alone = (check: 'accuracy' | 'recall'): BenchResult => shown(`equals that pass the ${check} check alone`, wilson(judged.filter((world) => world[check]).length, worlds).value, worlds);
  return [
    limited('equals that pass', passed.value, worlds),
    // Fifty worlds without a single pass still reach up to 7 %.
    { ...limited('equals that pass, upper bound of the 95 % interval', passed.interval[1], worlds), ...(worlds < 1000 ? { bar: null } : {}) },
    alone('accuracy'),
    alone('recall'),
  ];
}

/** Every true gain of accuracy with every one of recall. */
function gains(pairs: readonly Pair[], pool: Pool, { worlds, gate }: Judging): BenchResult[] {
  const results: BenchResult[] = [];
  const table: Record<string, Record<string, string>> = {};
  for (const accuracy of points) {
    const line: Record<string, string> = {};
    for (const recall of points) {
      const name = `true gain of ${accuracy} points of accuracy and ${recall} of recall`;
      const raised = raisedPairs(pairs, pool, { accuracy: accuracy / 100, recall: recall / 100 });
      if (raised.length === 0) {
        line[`recall +${recall}`] = 'no such model';
        continue;
      }
      const judged = Array.from({ length: worlds }, (_, number) => {
        const sums = raised[number % raised.length];
        if (sums === undefined) throw new Error('unreachable');
        return judgeWorld(sums, drawWorld(number, pool), gate);
      });
      if (accuracy === 0 && recall === 0) results.push(...beyondChance(judged));
      const { value, interval } = wilson(judged.filter(({ passed }) => passed).length, worlds);
      line[`recall +${recall}`] = `${bars(value)} ${(100 * value).toFixed(1)} % [${interval.map((bound) => (100 * bound).toFixed(1)).join(', ')}]`;
      results.push(shown(`${name}: pass`, value, worlds));
    }
    table[`accuracy +${accuracy}`] = line;
  }
  console.log(`Share of ${worlds} worlds in which a challenger passes, by its true gain in points, with the 95 % Wilson interval:`);
  console.table(table);
  return results;
}

/** Without any true gain an interval lies above 0 by chance alone, in 2.5 % of worlds if it is as wide as it says. */
function beyondChance(judged: readonly WorldJudgement[]): BenchResult[] {
  return (['accuracy', 'recall'] as const).map((metric) => shown(`no true gain: interval of ${metric} above 0`, judged.filter(({ gains: { [metric]: gain } }) => (gain.interval?.[0] ?? 0) > 0).length / judged.length, judged.length));
}

/** One raised challenger for each pair; none where the decisions left to turn are too few. */
function raisedPairs(pairs: readonly Pair[], { labels, days, dayCount }: Pool, gain: { readonly accuracy: number; readonly recall: number }): { champion: DaySums; challenger: DaySums }[] {
  return pairs.flatMap(({ champion, challenger }, number) => {
    const random = createRandom(`bench/gate/raise/${number}/${gain.accuracy}/${gain.recall}`);
    const decisions = raiseToGain({ labels, champion: champion.decisions, equal: challenger.decisions, ...gain, random });
    if (decisions === undefined) return [];
    return [{ champion: sumDecisions({ labels, decisions: champion.decisions, days, dayCount }), challenger: sumDecisions({ labels, decisions, days, dayCount }) }];
  });
}

function drawWorld(number: number, { dayCount }: Pool): World {
  const random = createRandom(`bench/gate/world/${number}`);
  return { days: Array.from({ length: worldDays }, () => random.integer(dayCount)), seed: `world ${number}` };
}

/** The short way through sums is only worth anything where it says what the gate's own way over rows says. */
function expectSameAsRows({ champion, challenger }: Pair, sums: { champion: DaySums; challenger: DaySums }, { pool, gate }: { pool: Pool; gate: GateSection }): void {
  const world = drawWorld(0, pool);
  const drawn = world.days.flatMap((day, place) => [...pool.days.keys()].filter((row) => pool.days[row] === day).map((row) => ({ row, place })));
  const pick = (scores: Float64Array): Float64Array => Float64Array.from(drawn, ({ row }) => scores[row] ?? Number.NaN);
  const expected = classificationDifferences({
    labels: Uint8Array.from(drawn, ({ row }) => pool.labels[row] ?? 0),
    champion: { scores: pick(champion.scores), threshold: champion.threshold },
    challenger: { scores: pick(challenger.scores), threshold: challenger.threshold },
    days: Int32Array.from(drawn, ({ place }) => place),
    seed: world.seed,
    replicates: gate.bootstrap.replicates,
  });
  const found = judgeWorld(sums, world, gate).gains;
  for (const name of ['accuracy', 'recall'] as const) {
    const same = found[name].value === expected[name].value && found[name].interval?.join() === expected[name].interval.join();
    if (!same) throw new Error(`${name} by sums is ${JSON.stringify(found[name])}, over rows ${JSON.stringify(expected[name])}`);
  }
}

function limited(metric: string, value: number, rounds: number): BenchResult {
  return { metric, ours: value, peer: 'limit', peerValue: bar, ratio: value / bar, bar: 1, rounds };
}

function shown(metric: string, value: number, rounds: number): BenchResult {
  return { metric, ours: value, peer: 'every world', peerValue: 1, ratio: value, bar: null, rounds };
}

function bars(share: number): string {
  return '█'.repeat(Math.round(10 * share)).padEnd(10, '·');
}
