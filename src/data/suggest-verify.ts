import { z } from 'zod';
import { checkDefinitionSchema } from '../pipeline/schema/checks.ts';
import { columnName, columnSchema } from '../pipeline/schema/data.ts';
import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';
import { planChecks } from './checks/plan-checks.ts';
import { type ChecksResult, runChecks } from './run-checks.ts';
import type { SqlEngine } from './sql/sql-engine.ts';
import type { Suggestion } from './suggest.ts';
import type { SuggestRequest } from './suggest.ts';

/** The sections as pipeline.yaml has them. */
export const suggestedSections = z.strictObject({ columns: z.record(columnName, columnSchema), checks: z.array(checkDefinitionSchema).min(1) });

/**
 * Runs what was suggested on the rows it was suggested from.
 * @param asOf milliseconds since the Unix epoch
 */
export function verifySuggestion(engine: SqlEngine, request: SuggestRequest, { suggestion, asOf }: { readonly suggestion: Suggestion; readonly asOf: number }): Promise<ChecksResult> {
  const columns = Object.fromEntries(suggestion.columns.flatMap(({ name, column }) => (column === undefined ? [] : [[name, column]])));
  const sections = suggestedSections.parse({ columns, checks: suggestion.checks.map(({ check }) => check) });
  const label = Object.keys(columns).find((name) => columns[name]?.role === 'label') ?? '';
  const eventTime = suggestion.eventTime ?? '';
  // Checks read no other section.
  const definition = {
    ...sections,
    data: { dataset: { key: [...suggestion.key], 'event-time': eventTime }, label: { column: label } },
    'scored-rows': request.pipeline?.['scored-rows'] ?? 'true',
  } as unknown as PipelineDefinition;
  const { relation, order, columns: found } = request;
  const planned = planChecks({ definition, dialect: engine.dialect, found, relation, order, asOf, window: undefined, sources: {}, reference: undefined });
  return runChecks({ engine, relation, planned, found, key: suggestion.key, order, ...(suggestion.eventTime === undefined ? {} : { eventTime: suggestion.eventTime }) });
}
