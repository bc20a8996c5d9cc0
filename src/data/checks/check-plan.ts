import type { CheckDefinition } from '../../pipeline/schema/checks.ts';
import type { PipelineDefinition } from '../../pipeline/schema/pipeline.ts';
import type { Check } from '../../verdict/verdict.ts';
import type { RelationColumn } from '../describe-relation.ts';

/** What a check is made from. */
export interface CheckContext {
  readonly definition: PipelineDefinition;
  /** The columns that the rows have. */
  readonly found: readonly RelationColumn[];
}

/** A condition that a bad row meets, and why it is bad. */
export interface RowRule {
  readonly reason: string;
  /** SQL, true or false; NULL counts as false. */
  readonly failing: string;
}

/** Judges row by row: what fails goes to quarantine. */
export interface RowCheckPlan {
  readonly kind: 'rows';
  readonly id: string;
  readonly title: string;
  readonly remedy: string;
  readonly rules: readonly RowRule[];
}

/** Judges the table as a whole, from numbers that one scan counts. */
export interface TableCheckPlan {
  readonly kind: 'table';
  readonly id: string;
  readonly title: string;
  readonly remedy: string;
  /** Name → SQL aggregate over the rows. */
  readonly measures: Readonly<Record<string, string>>;
  judge(measured: ReadonlyMap<string, number>, rows: number): Pick<Check, 'value' | 'verdict' | 'threshold' | 'message' | 'details' | 'unit'>;
}

export type CheckPlan = RowCheckPlan | TableCheckPlan;

/** Makes the plan of one entry under `checks` of pipeline.yaml. */
export type CheckFactory<Name extends CheckDefinition['check']> = (options: Extract<CheckDefinition, { check: Name }>, context: CheckContext) => CheckPlan;

/** The columns that a check names, else all of the pipeline file; only those that the rows have. */
export function checkedColumns(columns: readonly string[] | undefined, { definition, found }: CheckContext): string[] {
  const present = new Set(found.map(({ name }) => name));
  return (columns ?? Object.keys(definition.columns)).filter((name) => present.has(name));
}
