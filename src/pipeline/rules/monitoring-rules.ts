import type { PipelineShape } from '../schema/pipeline.ts';
import { demandColumn, type Report, type Rule } from './rule.ts';

/** Gate slices and drift name columns that the logged rows hold. */
export const monitoringRules: Rule = (pipeline, report) => {
  const { gate, drift } = pipeline;
  gate.slices.forEach((slice, index) => {
    sliceRule(pipeline, { ...slice, path: ['gate', 'slices', index] }, report);
  });
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

interface Slice {
  readonly column: string;
  readonly edges?: readonly number[] | undefined;
  readonly path: readonly (string | number)[];
}

function sliceRule(pipeline: PipelineShape, { column: name, edges, path }: Slice, report: Report): void {
  const column = demandColumn(pipeline, { name, path: [...path, 'column'] }, report);
  if (column === undefined) return;
  if (column.type === 'timestamp') report([...path, 'column'], `found "${name}", a column of type timestamp; allowed: strings, and numbers with edges`);
  if (column.type === 'string' && edges !== undefined) report([...path, 'edges'], `found edges on "${name}", a column of type string; allowed: on numbers`);
  if (column.type === 'number' && edges === undefined) report([...path, 'column'], `found the number column "${name}" without edges; allowed: numbers with edges, e.g. edges: [6, 12, 18]`);
  if (edges?.some((edge, index) => index > 0 && edge <= (edges[index - 1] ?? edge)) === true) report([...path, 'edges'], `found [${edges.join(', ')}]; allowed: ascending limits`);
}
