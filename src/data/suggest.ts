import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';
import { type ColumnSummary, profileColumns, type RowsTarget } from './profile-columns.ts';
import type { SqlEngine } from './sql/sql-engine.ts';
import { type CheckEvidence, type CheckSuggestion, suggestChecks, type TimeEvidence } from './suggest-checks.ts';
import { type ColumnSuggestion, type SuggestedColumn, suggestColumn } from './suggest-columns.ts';
import { findKey, longestGap, missingAssociations, rowsByDay, sharesOutside, stepsBack, textShapes } from './suggest-evidence.ts';

export interface SuggestRequest extends RowsTarget {
  /** SQL expressions that order the rows as they lie; empty where nobody knows. */
  readonly order: readonly string[];
  /** What is already declared: roles, moments, units, key, event time and label are taken over. */
  readonly pipeline?: Pick<PipelineDefinition, 'columns' | 'data' | 'scored-rows'>;
  /** The label, where no pipeline names it. */
  readonly label?: string;
}

export interface Suggestion {
  readonly rows: number;
  readonly columns: readonly ColumnSuggestion[];
  readonly checks: readonly CheckSuggestion[];
  /** What the checks need to know beside them: found, or the pipeline's. */
  readonly key: readonly string[];
  readonly eventTime: string | undefined;
  /** From the first event time to the last, in milliseconds. */
  readonly span: number | undefined;
}

/** Looks at rows and proposes what pipeline.yaml could say about them. It describes what was found, not what is right. */
export async function suggest(engine: SqlEngine, request: SuggestRequest): Promise<Suggestion> {
  const { pipeline } = request;
  const summaries = await profileColumns(engine, request);
  const has = (name: string | undefined): name is string => name !== undefined && summaries.some((summary) => summary.name === name);
  const label = [pipeline?.data.label.column, request.label].find(has);
  const key = await provenKey(engine, request, summaries);
  const columns: ColumnSuggestion[] = [];
  for (const summary of summaries) {
    columns.push(
      suggestColumn(summary, {
        declared: pipeline?.columns[summary.name],
        isKey: key?.includes(summary.name) ?? false,
        isLabel: summary.name === label,
        shapes: summary.kind === 'text' && (summary.distinct ?? 0) > 0 ? await textShapes(engine, request, summary.name) : undefined,
      }),
    );
  }
  const declared: Record<string, SuggestedColumn> = Object.fromEntries(columns.flatMap(({ name, column }) => (column === undefined ? [] : [[name, column]])));
  const eventTime = [pipeline?.data.dataset['event-time'], mainTime(summaries)].find((name) => has(name) && declared[name] !== undefined);
  const known = summaries.filter(({ name }) => declared[name] !== undefined);
  const evidence: CheckEvidence = {
    summaries: known,
    columns: declared,
    key,
    time: eventTime === undefined ? undefined : await timeEvidence(engine, request, eventTime),
    outside: await sharesOutside(engine, request, known.filter(({ name }) => declared[name]?.role !== 'label')),
    label: label === undefined || declared[label] === undefined ? undefined : { column: label, associations: await associations(engine, request, { label, known: known.filter(({ name }) => !['outcome', 'label'].includes(declared[name]?.role ?? '')) }) },
  };
  const times = summaries.find(({ name }) => name === eventTime)?.numbers;
  return { rows: summaries[0]?.rows ?? 0, columns, checks: suggestChecks(evidence), key: key ?? [], eventTime, span: times === undefined ? undefined : times.maximum - times.minimum };
}

/** The pipeline's own key where it holds, else what counting finds. */
async function provenKey(engine: SqlEngine, request: SuggestRequest, summaries: readonly ColumnSummary[]): Promise<string[] | undefined> {
  const declared = request.pipeline?.data.dataset.key ?? [];
  const own = declared.length === 0 ? undefined : await findKey(engine, request, summaries.filter(({ name }) => declared.includes(name)));
  return own === undefined ? findKey(engine, request, summaries) : [...declared];
}

/** The moment that tells most rows apart, none missing. */
function mainTime(summaries: readonly ColumnSummary[]): string | undefined {
  return summaries.filter(({ type, missing, distinct }) => /^TIMESTAMP/i.test(type) && missing === 0 && (distinct ?? 0) > 1).sort((a, b) => (b.distinct ?? 0) - (a.distinct ?? 0))[0]?.name;
}

async function timeEvidence(engine: SqlEngine, request: SuggestRequest, column: string): Promise<TimeEvidence> {
  return {
    column,
    days: await rowsByDay(engine, request, column),
    longestGap: await longestGap(engine, request, column),
    stepsBack: request.order.length === 0 ? undefined : await stepsBack(engine, request, column),
  };
}

function associations(engine: SqlEngine, request: SuggestRequest, { label, known }: { label: string; known: readonly ColumnSummary[] }): Promise<Map<string, number>> {
  const columns = known.filter(({ name, missing, rows }) => name !== label && missing > 0 && missing < rows).map(({ name }) => name);
  return missingAssociations(engine, request, { columns, label, scored: request.pipeline?.['scored-rows'] ?? 'true' });
}
