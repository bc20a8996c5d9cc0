import { nearest } from '../nearest.ts';
import type { Column } from '../schema/data.ts';
import type { CheckDefinition } from '../schema/checks.ts';
import type { PipelineShape } from '../schema/pipeline.ts';
import { demandColumn, type Report, type Rule } from './rule.ts';

/** The limit that a check reads from the columns it is told to look at. */
const limits: Partial<Record<CheckDefinition['check'], 'range' | 'values' | 'pattern'>> = { range: 'range', 'allowed-values': 'values', pattern: 'pattern' };
/** Columns that checks add to the rows. */
const reserved = ['reasons', 'file_index', 'file_row_number'];

/** Checks name columns and sources that exist and have what the check reads; no check comes twice under one name; what blocks is an error, and the schema check blocks. */
export const checkRules: Rule = (pipeline, report) => {
  for (const name of reserved) if (Object.hasOwn(pipeline.columns, name)) report(['columns', name], `found "${name}", which checks add to the rows; allowed: any other name`);
  const names = new Set<string>();
  pipeline.checks.forEach((check, index) => {
    const name = identity(check);
    if (names.has(name)) report(['checks', index, check.check === 'domain-rule' ? 'name' : 'check'], `found ${check.check === 'domain-rule' ? `"${check.name}"` : `"${check.check}"`} a second time; allowed: once${check.check === 'domain-rule' ? '' : ' for the same columns'}`);
    names.add(name);
    demandColumns(pipeline, { check, index }, report);
    demandSource(pipeline, { check, index }, report);
    if (check.check === 'schema') demandDecidingSchema({ check, index }, report);
    if (check.blocking === true && (check.severity !== 'error' || check.mode !== 'enforce')) {
      report(['checks', index, 'blocking'], `found true in a check of severity ${check.severity} and mode ${check.mode}; allowed: true only with severity error and mode enforce`);
    }
  });
};

interface Entry {
  readonly check: CheckDefinition;
  readonly index: number;
}

/** Two checks of one identity would have results of one name. */
function identity(check: CheckDefinition): string {
  if (check.check === 'domain-rule') return `domain-rule ${check.name}`;
  if ('column' in check) return `${check.check} ${check.column}`;
  return 'columns' in check ? `${check.check} ${(check.columns ?? []).join(',')}` : check.check;
}

function demandColumns(pipeline: PipelineShape, { check, index }: Entry, report: Report): void {
  if ('column' in check) demandColumn(pipeline, { name: check.column, path: ['checks', index, 'column'], type: 'timestamp' }, report);
  if (check.check === 'missing') for (const name of Object.keys(check['by-column'] ?? {})) demandColumn(pipeline, { name, path: ['checks', index, 'by-column', name] }, report);
  if (!('columns' in check)) return;
  const type: Column['type'] | undefined = check.check === 'outliers' ? 'number' : undefined;
  check.columns?.forEach((name, position) => {
    const path = ['checks', index, 'columns', position];
    const column = demandColumn(pipeline, { name, path, ...(type === undefined ? {} : { type }) }, report);
    const limit = limits[check.check];
    if (column !== undefined && limit !== undefined && column[limit] === undefined) {
      report(path, `found "${name}", which has no ${limit}; allowed: columns with ${limit}`);
    }
  });
}

/** Rows of another shape are looked at by no other check, so this one must decide. */
function demandDecidingSchema({ check, index }: Entry, report: Report): void {
  const why = 'where columns are broken no other check can be asked';
  if (check.severity !== 'error') report(['checks', index, 'severity'], `found ${check.severity} in a schema check; allowed: error, for ${why}`);
  if (check.mode !== 'enforce') report(['checks', index, 'mode'], `found ${check.mode} in a schema check; allowed: enforce, for ${why}`);
  if (check.blocking === false) report(['checks', index, 'blocking'], `found false in a schema check; allowed: true, for ${why}`);
}

function demandSource(pipeline: PipelineShape, { check, index }: Entry, report: Report): void {
  if (check.check !== 'reference') return;
  const { source, columns, key } = check;
  if (!Object.hasOwn(pipeline.data.sources, source)) {
    const known = Object.keys(pipeline.data.sources);
    const closest = nearest(source, known);
    report(['checks', index, 'source'], `found "${source}", which is no source; ${closest.length > 0 ? `did you mean ${closest.join(' or ')}?` : `allowed: ${known.join(', ')}`}`);
  }
  if (key.length !== columns.length) {
    report(['checks', index, 'key'], `found ${key.length} ${key.length === 1 ? 'column' : 'columns'} for ${columns.length} of the rows; allowed: as many as columns has`);
  }
}
