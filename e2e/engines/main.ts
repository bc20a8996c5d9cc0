import { createRequire } from 'node:module';
import { join } from 'node:path';
import { startVitest } from 'vitest/node';
import { createOnnxRuntimeEngine } from '../../src/adapters/training-engine/onnxruntime.ts';
import { loadPipeline } from '../../src/pipeline/load-pipeline.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import type { TrainingEngine } from '../../src/ports/training-engine.ts';
import { buildTfjs, missingPrograms } from './build-tfjs.ts';
import { cachedTfjsEngine, cachedWebEngine } from './cached-engines.ts';
import { flightRows } from './flight-rows.ts';
import { runtimeCache } from './runtime-cache.ts';
import { type EngineRun, trainFlights } from './train-flights.ts';

// The training engines that no plain install brings, on this machine's processor: the contract that ONNX Runtime passes, then a
// short training on real flights with each, compared with ONNX Runtime's. npm run e2e:engines

const missing = missingPrograms();
if (missing !== undefined) console.log(`TensorFlow.js is SKIPPED: ${missing} not found. Its addon is compiled here; install a C++ compiler and pip.`);

/** What must hold for a run beside ONNX Runtime's; the texts are what is told where it does not. */
function faults(run: EngineRun, reference: EngineRun): string[] {
  const distance = run.weights.reduce((most, weight, index) => Math.max(most, Math.abs(weight - (reference.weights[index] ?? NaN))), 0);
  const held: [what: string, value: number, limit: number][] = [
    ['the loss differs by', Math.abs(run.loss - reference.loss), 1e-3],
    ['the AUC differs by', Math.abs(run.auc - reference.auc), 0.002],
    ['weights differ by', distance, 0.05],
    ['the exported model is scored differently by', run.scoreDifference, 1e-5],
  ];
  return held.filter(([, value, limit]) => !(value < limit)).map(([what, value, limit]) => `${run.engine}: ${what} ${value.toExponential(1)}, allowed ${limit}`);
}

async function contracts(): Promise<{ passed: number; failed: number }> {
  const tests = await startVitest('test', [], { config: false, root: import.meta.dirname, watch: false, include: ['*.e2e.ts'], testTimeout: 120_000, hookTimeout: 600_000 });
  const all = tests.state.getFiles().flatMap((file) => file.tasks.flatMap((suite) => (suite.type === 'suite' ? suite.tasks : [suite])));
  const failed = all.filter(({ result }) => result?.state === 'fail').length + tests.state.getFiles().filter(({ result, tasks }) => result?.state === 'fail' && tasks.length === 0).length;
  await tests.close();
  return { passed: all.filter(({ result }) => result?.state === 'pass').length, failed };
}

async function flightTrainings(): Promise<string[][]> {
  const { definition } = await loadPipeline(join(import.meta.dirname, '../../pipelines/flight-delay/pipeline.yaml'));
  const flights = {
    training: { ...definition.training, 'maximum-epochs': 2 },
    fit: await flightRows('2013-01-01', '2013-01-25'),
    calibrate: await flightRows('2013-01-25', '2013-02-01'),
  };
  const judge = createOnnxRuntimeEngine({ load: createRequire(import.meta.url) }, { logger: silentLogger });
  const engines: TrainingEngine[] = [judge, cachedWebEngine(), ...(missing === undefined ? [cachedTfjsEngine().engine] : [])];
  const runs: EngineRun[] = [];
  for (const engine of engines) runs.push(await trainFlights(engine, flights, judge));
  console.log(`${flights.fit.rows} flights to learn from, ${flights.calibrate.rows} to judge on, ${flights.training['maximum-epochs']} epochs`);
  console.table(runs.map(({ description, cpuPerStep, loss, auc }) => ({ engine: description, 'CPU ms a step': cpuPerStep.toFixed(2), 'log-loss': loss.toFixed(5), AUC: auc.toFixed(5) })));
  const [reference] = runs;
  return reference === undefined ? [] : runs.map((run) => faults(run, reference));
}

// Before the tests, which run beside each other.
runtimeCache('web');
if (missing === undefined) buildTfjs();
const counts = await contracts();
const compared = await flightTrainings();
for (const fault of compared.flat()) console.log(fault);
const failed = counts.failed + compared.filter((found) => found.length > 0).length;
console.log(`${counts.passed + compared.filter((found) => found.length === 0).length} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
