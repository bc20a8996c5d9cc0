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
  { name: 'a target of the first run and a gain', values: [firstRun, latency], changes: [gain, slower], refused: [] },
  { name: 'a target that always decides', values: [always], changes: [], refused: [] },
  { name: 'a target of the first run alone', values: [firstRun], changes: [slower], refused: ['gate.change-checks'] },
  { name: 'a target that only warns', values: [{ ...always, severity: 'warn' }], changes: [], refused: ['gate.value-checks', 'gate.change-checks'] },
  { name: 'a gain without a target', values: [latency], changes: [gain], refused: ['gate.value-checks'] },
  { name: 'latency alone', values: [latency], changes: [slower], refused: ['gate.value-checks', 'gate.change-checks'] },
])('a metric must decide in a first run and against a champion: $name', ({ values, changes, refused }) => {
  expect(complaints(values, changes)).toEqual(refused);
});
