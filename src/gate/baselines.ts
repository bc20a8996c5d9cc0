import type { ArtifactRepository } from '../artifacts/artifact.ts';
import type { Table } from '../data/table.ts';
import { readModelThreshold } from '../delaynet/model-description.ts';
import { scoreTable } from '../delaynet/score-table.ts';
import type { Baseline } from '../delaynet/training-schema.ts';
import { assertNever } from '../errors.ts';
import { numberColumn } from '../features/column-values.ts';
import type { TrainingEngine } from '../ports/training-engine.ts';
import type { Candidate } from './candidate.ts';
import type { BaselineAnswers } from './evaluation.ts';

/** The file that training leaves in the candidate for a fitted baseline: a model.onnx with its threshold in the metadata. */
export function baselineFile(baseline: Baseline): string {
  return `baseline-${baseline.type}.onnx`;
}

export interface BaselineContext {
  readonly candidate: Candidate;
  readonly artifacts: ArtifactRepository;
  readonly engine: TrainingEngine;
}

/** Scores of the baselines that the pipeline names; a fitted one that the candidate does not carry is left out. */
export async function scoreBaselines(baselines: readonly Baseline[], table: Table, { candidate, artifacts, engine }: BaselineContext): Promise<BaselineAnswers[]> {
  const answers: BaselineAnswers[] = [];
  for (const baseline of baselines) {
    const file = baselineFile(baseline);
    const model = candidate.artifact.manifest.files[file] === undefined ? undefined : await artifacts.bytes(candidate.artifact, file);
    const answer = await baselineAnswers(baseline, table, { model, engine });
    if (answer !== undefined) answers.push(answer);
  }
  return answers;
}

/** @param by the model of a fitted baseline; undefined comes back where it has none */
export async function baselineAnswers(baseline: Baseline, table: Table, by: { readonly model: Uint8Array | undefined; readonly engine: TrainingEngine }): Promise<BaselineAnswers | undefined> {
  switch (baseline.type) {
    case 'rule':
      return ruleAnswers(baseline, table);
    case 'logistic-regression': {
      if (by.model === undefined) return undefined;
      const scores = await scoreTable(by.model, table, by.engine);
      return { name: baseline.type, title: 'logistic regression', scores, threshold: readModelThreshold(by.model) ?? 0.5, probabilities: true };
    }
    default:
      return assertNever(baseline);
  }
}

/** The column itself ranks the rows. Squeezed into (0, 1) with the rule's threshold at ½, so that ranking and decision stay what they are. */
function ruleAnswers(rule: Extract<Baseline, { type: 'rule' }>, table: Table): BaselineAnswers {
  const scores = numberColumn(table, rule.column).map((value) => (Number.isNaN(value) ? 0 : 0.5 + Math.atan(value - rule.threshold) / Math.PI));
  return { name: rule.type, title: `${rule.column} ≥ ${rule.threshold}`, scores, threshold: 0.5, probabilities: false };
}
