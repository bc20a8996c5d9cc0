import type { Column } from '../../pipeline/schema/data.ts';
import type { CheckFactory } from './check-plan.ts';

/** As DuckDB and Trino name them. */
const types: Record<Column['type'], RegExp> = {
  string: /^VARCHAR(\(\d+\))?$/i,
  number: /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DOUBLE|FLOAT|REAL|DECIMAL.*)$/i,
  timestamp: /^TIMESTAMP/i,
};

/** Every declared column is there with its type. Rows of another shape are all bad: nothing else about them can be trusted. */
export const schema: CheckFactory<'schema'> = ({ unexpected }, { definition, found }) => {
  const actual = new Map(found.map(({ name, type }) => [name, type]));
  const mistakes = Object.entries(definition.columns).flatMap(([name, { type }]) => {
    const is = actual.get(name);
    if (is === undefined) return [`column ${name} is missing`];
    return types[type].test(is) ? [] : [`column ${name} is ${is}, not a ${type}`];
  });
  const strangers = unexpected === 'allow' ? [] : found.filter(({ name }) => !Object.hasOwn(definition.columns, name)).map(({ name }) => `column ${name} is not declared`);
  return {
    kind: 'rows',
    id: 'schema',
    title: 'Columns and types as declared',
    remedy: 'Make the dataset query and columns in pipeline.yaml agree.',
    maximumShare: 0,
    rules: [...mistakes, ...strangers].map((reason) => ({ reason, failing: 'true' })),
  };
};
