import type { PipelineShape } from '../schema/pipeline.ts';
import { demandColumn, type Report, type Rule } from './rule.ts';

/** A metric decides, in a first run and against a champion, and the gate cuts and disturbs columns that the test rows hold. */
export const gateRules: Rule = (pipeline, report) => {
  const { slices, robustness } = pipeline.gate;
  qualityRule(pipeline.gate, report);
  slices.forEach((slice, index) => {
    sliceRule(pipeline, { ...slice, path: ['gate', 'slices', index] }, report);
  });
  if (pipeline.gate['slice-checks'] !== undefined && slices.length === 0) report(['gate', 'slice-checks'], 'found checks of slices, but no slices; allowed: both or neither');
  for (const name of Object.keys(robustness?.attack?.['maximum-step'] ?? {})) {
    demandColumn(pipeline, { name, path: ['gate', 'robustness', 'attack', 'maximum-step', name], type: 'number', roles: ['feature'] }, report);
  }
  robustness?.unseen?.columns.forEach((name, index) => {
    demandColumn(pipeline, { name, path: ['gate', 'robustness', 'unseen', 'columns', index], type: 'string', roles: ['feature'] }, report);
  });
  const storm = robustness?.['storm-days'];
  if (storm !== undefined) demandColumn(pipeline, { name: storm.column, path: ['gate', 'robustness', 'storm-days', 'column'], type: 'number' }, report);
};

/** Latency, slices, robustness and the holdout only guard: without a metric they would let any model pass. */
function qualityRule({ 'value-checks': values, 'change-checks': changes }: PipelineShape['gate'], report: Report): void {
  const targets = values.flatMap((check) => (check.metric !== 'latency-p95' && check.severity !== 'warn' ? [check.decides] : []));
  if (targets.length === 0) report(['gate', 'value-checks'], 'found no metric with severity: error, so nothing decides on a first model; allowed: at least one, e.g. { metric: accuracy, minimum: 0.8, decides: first-run }');
  if (targets.includes('always') || changes.some(({ metric }) => metric !== 'latency')) return;
  report(['gate', 'change-checks'], 'found no metric, and none in value-checks with decides: always, so nothing decides against a champion; allowed: at least one, e.g. { metric: accuracy, minimum-change: 0.01 }');
}

interface Slice {
  readonly column: string;
  readonly edges?: readonly number[] | undefined;
  readonly by?: string | undefined;
  readonly path: readonly (string | number)[];
}

function sliceRule(pipeline: PipelineShape, { column: name, edges, by, path }: Slice, report: Report): void {
  const column = demandColumn(pipeline, { name, path: [...path, 'column'] }, report);
  if (column === undefined) return;
  if (column.type === 'timestamp' && by === undefined) report([...path, 'column'], `found the timestamp column "${name}" without by; allowed: timestamps with by: month`);
  if (column.type !== 'timestamp' && by !== undefined) report([...path, 'by'], `found by on "${name}", a column of type ${column.type}; allowed: on timestamps`);
  if (column.type !== 'number' && edges !== undefined) report([...path, 'edges'], `found edges on "${name}", a column of type ${column.type}; allowed: on numbers`);
  if (column.type === 'number' && edges === undefined) report([...path, 'column'], `found the number column "${name}" without edges; allowed: numbers with edges, e.g. edges: [6, 12, 18]`);
  if (edges?.some((edge, index) => index > 0 && edge <= (edges[index - 1] ?? edge)) === true) report([...path, 'edges'], `found [${edges.join(', ')}]; allowed: ascending limits`);
}
