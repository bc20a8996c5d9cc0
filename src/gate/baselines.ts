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
export async function scoreBaselines(baselines: readonly Baseline[], table: Table, context: BaselineContext): Promise<BaselineAnswers[]> {
  const { candidate } = context;
  const answers: BaselineAnswers[] = [];
  for (const baseline of baselines) {
    switch (baseline.type) {
      case 'rule':
        answers.push(ruleAnswers(baseline, table));
        break;
      case 'logistic-regression': {
        const file = baselineFile(baseline);
        if (candidate.artifact.manifest.files[file] === undefined) break;
        const model = await context.artifacts.bytes(candidate.artifact, file);
        const scores = await scoreTable(model, table, context.engine);
        answers.push({ name: baseline.type, title: 'logistic regression', scores, threshold: readModelThreshold(model) ?? 0.5, probabilities: true });
        break;
      }
      default:
        return assertNever(baseline);
    }
  }
  return answers;
}

/** The column itself ranks the rows. Squeezed into (0, 1) with the rule's threshold at ½, so that ranking and decision stay what they are. */
function ruleAnswers(rule: Extract<Baseline, { type: 'rule' }>, table: Table): BaselineAnswers {
  const scores = numberColumn(table, rule.column).map((value) => (Number.isNaN(value) ? 0 : 0.5 + Math.atan(value - rule.threshold) / Math.PI));
  return { name: rule.type, title: `${rule.column} ≥ ${rule.threshold}`, scores, threshold: 0.5, probabilities: false };
}
