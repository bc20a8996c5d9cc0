import type { CheckDefinition } from '../../pipeline/schema/checks.ts';
import type { PipelineDefinition } from '../../pipeline/schema/pipeline.ts';
import type { Check } from '../../verdict/verdict.ts';
import type { RelationColumn } from '../describe-relation.ts';
import type { SqlDialect } from '../sql/sql-dialect.ts';

/** What a check is made from. */
export interface CheckContext {
  readonly definition: PipelineDefinition;
  readonly dialect: SqlDialect;
  /** The columns that the rows have. */
  readonly found: readonly RelationColumn[];
  /** The rows: a table, or a query in brackets. */
  readonly relation: string;
  /** SQL expressions that order the rows as they lie; empty where the engine knows no such order. */
  readonly order: readonly string[];
  /** The moment judged from: milliseconds since the Unix epoch. */
  readonly asOf: number;
  /** Event times that the rows were asked for, half-open; undefined where nobody said. */
  readonly window: { readonly from: number; readonly to: number } | undefined;
  /** Relations of the sources that `reference` checks name. */
  readonly sources: Readonly<Record<string, string>>;
  /** The rows of an earlier dataset, for `distribution`. */
  readonly reference: string | undefined;
  /** Event times that `reference` was asked for, half-open; absent where nobody said. */
  readonly referenceWindow?: { readonly from: number; readonly to: number } | undefined;
  /** The columns of `reference`; those of the rows where nobody said. */
  readonly referenceColumns?: readonly RelationColumn[];
}

/** A condition that a bad row meets, and why it is bad. */
export interface RowRule {
  readonly reason: string;
  /** SQL on one row, true or false; NULL counts as false. */
  readonly failing: string;
  /** Whether the condition asks for NaN by itself, so that limits which a file states for its numbers do no harm. */
  readonly asksForNaN?: boolean;
}

/** Rows of a key beside the one that is kept: the first, in the order they lie, that no enforced condition rejects; the first where all are rejected. */
export interface DuplicateRule {
  readonly reason: string;
  readonly key: readonly string[];
}

interface PlanFrame {
  readonly id: string;
  readonly title: string;
  readonly remedy: string;
}

/** Judges row by row: what fails goes to quarantine. The check fails when more than `maximumShare` of the rows do. */
export interface RowCheckPlan extends PlanFrame {
  readonly kind: 'rows';
  readonly rules: readonly (RowRule | DuplicateRule)[];
  readonly maximumShare: number;
}

/** Judges the table as a whole, from aggregates that one common scan counts. */
export interface TableCheckPlan extends PlanFrame {
  readonly kind: 'table';
  /** Name → SQL aggregate over all rows. */
  readonly measures: Readonly<Record<string, string>>;
  judge(measured: ReadonlyMap<string, number>, counts: RowCounts): Judgement;
}

/** Judges the table as a whole, from queries of its own: what a common scan cannot count. */
export interface QueryCheckPlan extends PlanFrame {
  readonly kind: 'queries';
  /** Name → a whole query with a small result. */
  readonly queries: Readonly<Record<string, string>>;
  judge(results: ReadonlyMap<string, readonly Readonly<Record<string, unknown>>[]>, counts: RowCounts): Judgement;
}

export type CheckPlan = RowCheckPlan | TableCheckPlan | QueryCheckPlan;

export interface RowCounts {
  readonly rows: number;
  readonly accepted: number;
}

export type Judgement = Pick<Check, 'value' | 'verdict' | 'threshold' | 'message' | 'details' | 'unit'>;

/** Makes the plan of one entry under `checks` of pipeline.yaml. */
export type CheckFactory<Name extends CheckDefinition['check']> = (options: Extract<CheckDefinition, { check: Name }>, context: CheckContext) => CheckPlan;

/** The columns that a check names, else all of the pipeline file; only those that the rows have. */
export function checkedColumns(columns: readonly string[] | undefined, { definition, found }: CheckContext): string[] {
  const present = new Set(found.map(({ name }) => name));
  return (columns ?? Object.keys(definition.columns)).filter((name) => present.has(name));
}
