import type { Table } from '../../data/table.ts';
import { takeRows } from '../../data/take-rows.ts';
import type { PipelineDefinition } from '../../pipeline/schema/pipeline.ts';
import type { RobustnessSection } from '../../pipeline/schema/gate.ts';
import { dayIndex } from '../../statistics/day-index.ts';
import type { Answers } from '../answers.ts';
import { withNoise, withoutColumns, withUnseenCategory } from './disturb.ts';
import { attackRows } from './gradient-attack.ts';
import { type MissingColumn, rankMissing } from './missing-columns.ts';
import { type MeasuredColumn, measuredColumns } from './plausible-steps.ts';
import { stormRows } from './storm-days.ts';
import { compareStress, drawStress, type StressComparison, type StressContext, type StressDraws, type StressedRows } from './stress-metrics.ts';
import type { TestedModel } from './tested-model.ts';
import type { OpenedWhiteBox } from './white-box.ts';

export type { StressedMetrics } from './stress-metrics.ts';

export interface StressEvaluation extends StressComparison {
  /** attack.fgsm, attack.pgd, noise, missing.most-important, storm-days, unseen.<column>. */
  readonly id: string;
  /** For people, e.g. "PGD attack, steps up to 0.1 of a column's spread". */
  readonly title: string;
  readonly rows: number;
  readonly positives: number;
  /** Why the champion is not beside the candidate, where there is one. */
  readonly notCompared?: string;
}

/** Plain JSON, part of evaluation.json. */
export interface RobustnessEvaluation {
  /** Test rows that were disturbed. */
  readonly rows: number;
  readonly stresses: readonly StressEvaluation[];
  /** What the candidate loses when one column is missing everywhere, the dearest first. */
  readonly missing: readonly MissingColumn[];
  readonly notes: readonly string[];
}

export interface RobustnessInput {
  readonly section: RobustnessSection;
  readonly definition: Pick<PipelineDefinition, 'columns'>;
  /** All test rows. */
  readonly table: Table;
  readonly labels: Uint8Array;
  readonly days: Int32Array;
  readonly candidate: TestedModel;
  readonly champion: TestedModel | undefined;
  readonly replicates: number;
  readonly seed: string;
}

/** Resamples behind an interval here: it guards against a fall, and decides no gain. */
const mostReplicates = 500;

/** Candidate and champion on the same disturbed test rows, each attacked along its own gradient. Undefined without test rows. Deterministic: seeded, no clock. */
export async function evaluateRobustness(input: RobustnessInput): Promise<RobustnessEvaluation | undefined> {
  const { section, table, candidate, champion } = input;
  if (table.rows === 0) return undefined;
  const sample = sampleRows(input);
  const drawClean = ({ answers }: TestedModel): StressDraws => drawStress(rowsOf(answers, sample.positions), answers.threshold, sample.context);
  const clean = drawClean(candidate);
  const championClean = champion === undefined ? undefined : drawClean(champion);
  const stresses: StressEvaluation[] = [];
  const notes: string[] = [];
  const add = async (id: string, title: string, disturb: (model: TestedModel) => Table | string | Promise<Table>): Promise<void> => {
    const disturbed = await disturb(candidate);
    if (typeof disturbed === 'string') {
      notes.push(`${title}: ${disturbed}`);
      return;
    }
    const other = champion === undefined ? undefined : await disturb(champion);
    const stressed = { clean, stressed: await drawDisturbed(candidate, sample, disturbed) };
    const beside = champion === undefined || championClean === undefined || other === undefined || typeof other === 'string' ? undefined : { clean: championClean, stressed: await drawDisturbed(champion, sample, other) };
    stresses.push({ ...describe(id, title, sample), ...compareStress({ candidate: stressed, champion: beside }), ...(typeof other === 'string' ? { notCompared: other } : {}) });
  };

  const { attack, noise, missing, unseen } = section;
  if (attack !== undefined) {
    const boxes = new Map<TestedModel, OpenedWhiteBox>();
    for (const model of champion === undefined ? [candidate] : [candidate, champion]) boxes.set(model, await usableBox(model, sample));
    const attackWith = (steps: number) => (model: TestedModel): Promise<Table> | string => {
      const box = boxes.get(model) ?? model.whiteBox;
      return typeof box === 'string' ? box : attackRows(box, { ...sample, steps, epsilon: attack.epsilon, maximumStep: attack['maximum-step'] });
    };
    await add('attack.fgsm', `FGSM attack, steps of ${attack.epsilon} of a column's spread`, attackWith(1));
    if (attack.steps > 1) await add('attack.pgd', `PGD attack, ${attack.steps} steps within ${attack.epsilon} of a column's spread`, attackWith(attack.steps));
  }
  if (noise !== undefined) await add('noise', `Noise of ${noise.scale} of a column's spread`, () => withNoise(sample.table, sample.columns, { scale: noise.scale, seed: input.seed }));
  const rank = (model: TestedModel): Promise<MissingColumn[]> => rankMissing({ ...sample, model, columns: featureColumns(input) });
  const costs = missing === undefined ? [] : await rank(candidate);
  if (missing !== undefined) {
    const count = missing['most-important'];
    const dearest = (ranked: readonly MissingColumn[]): string[] => ranked.slice(0, count).map(({ column }) => column);
    // Each model loses what it leans on most itself.
    const ofChampion = champion === undefined ? [] : dearest(await rank(champion));
    await add('missing.most-important', `Without the ${count} columns it leans on most: ${dearest(costs).join(', ')}`, (model) => withoutColumns(sample.table, model === candidate ? dearest(costs) : ofChampion));
  }
  for (const column of unseen?.columns ?? []) await add(`unseen.${column}`, `A ${column} that nobody has seen`, () => withUnseenCategory(sample.table, column));
  const storm = storms(input);
  if (storm !== undefined) {
    const drawStorm = ({ answers }: TestedModel): StressDraws => drawStress(rowsOf(answers, storm.positions), answers.threshold, sample.context);
    const beside = champion === undefined || championClean === undefined ? undefined : { clean: championClean, stressed: drawStorm(champion) };
    const { context } = sample;
    stresses.push({ ...describe('storm-days', storm.title, { positions: storm.positions, context }), ...compareStress({ candidate: { clean, stressed: drawStorm(candidate) }, champion: beside }) });
  }
  return { rows: sample.positions.length, stresses, missing: costs, notes };
}

interface Sample {
  readonly positions: readonly number[];
  readonly table: Table;
  readonly labels: Uint8Array;
  readonly columns: readonly MeasuredColumn[];
  readonly context: StressContext;
}

/** Spread evenly over the test window, so that every day has its share. */
function sampleRows(input: RobustnessInput): Sample {
  const { section, table, labels, days } = input;
  const count = Math.min(section.rows, table.rows);
  const positions = Array.from({ length: count }, (_, index) => Math.floor(((index + 0.5) * table.rows) / count));
  const sampled = takeRows(table, positions);
  return {
    positions,
    table: sampled,
    labels: Uint8Array.from(positions, (row) => labels[row] ?? 0),
    columns: measuredColumns(input.definition, sampled),
    context: { labels, days: dayIndex(days), replicates: Math.min(input.replicates, mostReplicates), seed: `${input.seed}/robustness` },
  };
}

async function drawDisturbed({ answers, scorer }: TestedModel, { positions, context }: Sample, disturbed: Table): Promise<StressDraws> {
  return drawStress({ positions, scores: await scorer.score(disturbed) }, answers.threshold, context);
}

/** An attack along another model's gradient would find nothing, and call that robust. */
async function usableBox({ answers, whiteBox }: TestedModel, { positions, table, labels }: Sample): Promise<OpenedWhiteBox> {
  if (typeof whiteBox === 'string') return whiteBox;
  const { probabilities } = await whiteBox.gradients(table, new Float32Array(labels.length));
  const same = positions.every((row, at) => Math.abs((answers.scores[row] ?? Number.NaN) - (probabilities[at] ?? Number.NaN)) < 1e-4);
  return same ? whiteBox : 'its training state is not that of its model';
}

function rowsOf({ scores }: Answers, positions: readonly number[]): StressedRows {
  return { positions, scores: Float64Array.from(positions, (row) => scores[row] ?? Number.NaN) };
}

function describe(id: string, title: string, { positions, context }: Pick<Sample, 'positions' | 'context'>): Pick<StressEvaluation, 'id' | 'title' | 'rows' | 'positives'> {
  return { id, title, rows: positions.length, positives: positions.reduce((sum, row) => sum + (context.labels[row] ?? 0), 0) };
}

/** Nothing is disturbed here: all rows of the worst days of the window itself. */
function storms({ section, table, days }: RobustnessInput): { readonly title: string; readonly positions: readonly number[] } | undefined {
  const storm = section['storm-days'];
  const severity = storm === undefined ? undefined : table.numbers.get(storm.column);
  if (storm === undefined || severity === undefined) return undefined;
  return { title: `The days of the worst ${storm.column}`, positions: stormRows({ days, severity, share: storm.share }) };
}

function featureColumns({ definition, table }: RobustnessInput): string[] {
  return Object.entries(definition.columns)
    .filter(([name, { role }]) => role === 'feature' && (table.numbers.has(name) || table.strings.has(name)))
    .map(([name]) => name);
}
