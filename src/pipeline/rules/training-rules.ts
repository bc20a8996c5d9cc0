import { isKnownBy } from '../moment.ts';
import type { PipelineShape } from '../schema/pipeline.ts';
import { demandColumn, type Report, type Rule } from './rule.ts';

/** Head and baselines read number columns; what they read when predicting is known by then. A cut is asked once. */
export const trainingRules: Rule = (pipeline, report) => {
  const { network, baselines } = pipeline.training;
  const { head } = network;
  if (head.type === 'delay') {
    const path = ['training', 'network', 'head'];
    demandInput(pipeline, { name: head.observed, path: [...path, 'observed'] }, report);
    demandColumn(pipeline, { name: head.target, path: [...path, 'target'], type: 'number', roles: ['outcome', 'label'] }, report);
    head['auxiliary-cuts'].forEach((cut, index, cuts) => {
      if (cut === head.cut || cuts.indexOf(cut) < index) report([...path, 'auxiliary-cuts', index], `found ${cut} a second time; allowed: cuts other than ${head.cut}, each once`);
    });
  }
  baselines.forEach((baseline, index) => {
    if (baseline.type === 'rule') demandInput(pipeline, { name: baseline.column, path: ['training', 'baselines', index, 'column'] }, report);
  });
};

function demandInput(pipeline: PipelineShape, { name, path }: { name: string; path: readonly (string | number)[] }, report: Report): void {
  const moment = pipeline.data['prediction-time'];
  const column = pipeline.columns[name];
  if (column !== undefined && !isKnownBy(column.known, moment)) {
    report(path, `found "${name}", known at ${column.known}: later than the prediction at ${moment}; allowed: columns known by then`);
    return;
  }
  demandColumn(pipeline, { name, path, type: 'number', roles: ['feature'] }, report);
}
