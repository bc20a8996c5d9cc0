import type { Column } from '../schema/data.ts';
import type { CheckDefinition } from '../schema/checks.ts';
import { demandColumn, type Rule } from './rule.ts';

/** The limit that a check reads from the columns it is told to look at. */
const limits: Partial<Record<CheckDefinition['check'], 'range' | 'values' | 'pattern'>> = { range: 'range', 'allowed-values': 'values', pattern: 'pattern' };

/** Checks name columns that exist and have what the check reads; no check comes twice under one name. */
export const checkRules: Rule = (pipeline, report) => {
  const names = new Set<string>();
  pipeline.checks.forEach((check, index) => {
    const name = check.check === 'domain-rule' ? `domain-rule ${check.name}` : 'columns' in check ? `${check.check} ${(check.columns ?? []).join(',')}` : check.check;
    if (names.has(name)) report(['checks', index, check.check === 'domain-rule' ? 'name' : 'check'], `found ${check.check === 'domain-rule' ? `"${check.name}"` : `"${check.check}"`} a second time; allowed: once${check.check === 'domain-rule' ? '' : ' for the same columns'}`);
    names.add(name);
    if (!('columns' in check)) return;
    const type: Column['type'] | undefined = check.check === 'outliers' ? 'number' : undefined;
    check.columns?.forEach((columnName, position) => {
      const path = ['checks', index, 'columns', position];
      const column = demandColumn(pipeline, { name: columnName, path, ...(type === undefined ? {} : { type }) }, report);
      const limit = limits[check.check];
      if (column !== undefined && limit !== undefined && column[limit] === undefined) {
        report(path, `found "${columnName}", which has no ${limit}; allowed: columns with ${limit}`);
      }
    });
  });
};
