import { demandColumn, type Rule } from './rule.ts';

/** Drift names columns that the logged rows hold. */
export const monitoringRules: Rule = (pipeline, report) => {
  const { drift } = pipeline;
  drift['alarm-columns'].forEach((name, index) => {
    demandColumn(pipeline, { name, path: ['drift', 'alarm-columns', index], roles: ['feature'] }, report);
  });
  const by = drift['slice-by'];
  if (by !== undefined) demandColumn(pipeline, { name: by, path: ['drift', 'slice-by'], type: 'string', roles: ['feature'] }, report);
  drift['slice-columns'].forEach((name, index) => {
    demandColumn(pipeline, { name, path: ['drift', 'slice-columns', index], roles: ['feature'] }, report);
  });
  if (by === undefined && drift['slice-columns'].length > 0) report(['drift', 'slice-columns'], 'found columns to watch within slices, but no slice-by; allowed: both or neither');
};
