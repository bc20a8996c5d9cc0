import { demandColumn, type Rule } from './rule.ts';

/** The dataset's special columns exist, have the right type and role, and no other column claims their role. */
export const datasetRules: Rule = (pipeline, report) => {
  const { dataset, label } = pipeline.data;
  for (const part of ['event-time', 'predicted-at'] as const) demandColumn(pipeline, { name: dataset[part], path: ['data', 'dataset', part], type: 'timestamp' }, report);
  demandColumn(pipeline, { name: label['known-at'], path: ['data', 'label', 'known-at'], type: 'timestamp' }, report);
  demandColumn(pipeline, { name: label.column, path: ['data', 'label', 'column'], type: 'number', roles: ['label'] }, report);
  dataset.key.forEach((name, index) => demandColumn(pipeline, { name, path: ['data', 'dataset', 'key', index], roles: ['key'] }, report));
  for (const [name, { role }] of Object.entries(pipeline.columns)) {
    if (role === 'label' && name !== label.column) report(['columns', name, 'role'], `found label; allowed: only on data.label.column, which is "${label.column}"`);
    if (role === 'key' && !dataset.key.includes(name)) report(['columns', name, 'role'], `found key; allowed: only on the columns of data.dataset.key, which are ${dataset.key.join(', ')}`);
  }
};
