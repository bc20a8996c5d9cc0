import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadPipeline } from '../load-pipeline.ts';
import { type GateSection, gateSchema } from '../schema/gate.ts';
import { gateRules } from './gate-rules.ts';

const { definition } = await loadPipeline(join(import.meta.dirname, '../../../pipelines/flight-delay/pipeline.yaml'));

const complaints = (values: unknown[], changes: unknown[]): string[] => {
  const section: GateSection = gateSchema.parse({ 'value-checks': values, 'change-checks': changes, bootstrap: {} });
  const found: string[] = [];
  gateRules({ ...definition, gate: section }, (path) => found.push(path.join('.')));
  return found;
};

const latency = { metric: 'latency-p95', maximum: 50, unit: 'millisecond' };
const firstRun = { metric: 'accuracy', minimum: 0.8, decides: 'first-run' };
const always = { ...firstRun, decides: 'always' };
const gain = { metric: 'accuracy', 'minimum-change': 0.01 };
const slower = { metric: 'latency', 'maximum-ratio': 1.1 };

test.each([
  ['a target of the first run and a gain', [firstRun, latency], [gain, slower], []],
  ['a target that always decides', [always], [], []],
  ['a target of the first run alone', [firstRun], [slower], ['gate.change-checks']],
  ['a target that only warns', [{ ...always, severity: 'warn' }], [], ['gate.value-checks', 'gate.change-checks']],
  ['a gain without a target', [latency], [gain], ['gate.value-checks']],
  ['latency alone', [latency], [slower], ['gate.value-checks', 'gate.change-checks']],
])('a metric must decide in a first run and against a champion: %s', (_name, values, changes, refused) => {
  expect(complaints(values, changes)).toEqual(refused);
});
