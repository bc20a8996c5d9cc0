import type { Rule } from './rule.ts';

/** A column's limits fit its type and can be met. */
export const columnRules: Rule = (pipeline, report) => {
  for (const [name, column] of Object.entries(pipeline.columns)) {
    const { type, range, pattern } = column;
    if (range !== undefined && type !== 'number') report(['columns', name, 'range'], `found a range on a column of type ${type}; allowed: on numbers`);
    if (range !== undefined && range[0] > range[1]) report(['columns', name, 'range'], `found [${range.join(', ')}]; allowed: the smaller limit first`);
    for (const limit of ['values', 'pattern'] as const) {
      if (column[limit] !== undefined && type !== 'string') report(['columns', name, limit], `found ${limit} on a column of type ${type}; allowed: on strings`);
    }
    const flaw = pattern === undefined ? undefined : patternFlaw(pattern);
    if (flaw !== undefined) report(['columns', name, 'pattern'], `found ${JSON.stringify(pattern)}; allowed: a regular expression (${flaw})`);
  }
};

function patternFlaw(pattern: string): string | undefined {
  try {
    new RegExp(pattern, 'u');
    return undefined;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).replace(/^Invalid regular expression: \/.*\/u?: /, '');
  }
}
