import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { publishReport, type BenchOptions, type BenchReport } from './bench-report.ts';
import { benchGate } from './gate/bench-gate.ts';
import { benchGpu } from './gpu/bench-gpu.ts';
import { benchHostileFiles } from './hostile-files/bench-hostile-files.ts';
import { benchHostileModels } from './hostile-models/bench-hostile-models.ts';
import { benchModel } from './model/bench-model.ts';
import { benchOnlineFeatures } from './online-features/bench-online-features.ts';
import { benchPackaging } from './packaging/bench-packaging.ts';
import { benchSameAnswers } from './same-answers/bench-same-answers.ts';
import { benchScale } from './scale/bench-scale.ts';
import { benchServingSoak } from './serving/bench-serving-soak.ts';
import { benchServing } from './serving/bench-serving.ts';
import { benchTraining } from './training/bench-training.ts';
import { benchTuning } from './tuning/bench-tuning.ts';
import { benchValidation } from './validation/bench-validation.ts';
import { benchYear } from './year/bench-year.ts';

const benches: Readonly<Record<string, (options: BenchOptions) => Promise<BenchReport>>> = {
  gate: benchGate,
  gpu: benchGpu,
  'hostile-files': benchHostileFiles,
  'hostile-models': benchHostileModels,
  model: benchModel,
  'online-features': benchOnlineFeatures,
  packaging: benchPackaging,
  'same-answers': benchSameAnswers,
  scale: benchScale,
  serving: benchServing,
  'serving-soak': benchServingSoak,
  training: benchTraining,
  tuning: benchTuning,
  validation: benchValidation,
  year: benchYear,
};

const usage = `Usage: npm run bench -- <${Object.keys(benches).join(' | ')}> [--quick] [--rows <number>, of scale only]`;

/** What was asked for; undefined, with the mistake told, where it cannot be understood. */
function readArguments(): { bench: (options: BenchOptions) => Promise<BenchReport>; options: BenchOptions } | undefined {
  try {
    const { positionals, values } = parseArgs({ allowPositionals: true, options: { quick: { type: 'boolean', default: false }, rows: { type: 'string' } } });
    const [name = '', ...more] = positionals;
    const bench = benches[name];
    if (bench === undefined || more.length > 0) throw new Error(`There is no benchmark "${positionals.join(' ')}"`);
    const rows = Number(values.rows ?? 1);
    if (!Number.isSafeInteger(rows) || rows < 1 || (values.rows !== undefined && bench !== benchScale)) throw new Error(`--rows takes a whole number, of scale only; found "${values.rows ?? ''}" for ${name}`);
    return { bench, options: { quick: values.quick, ...(values.rows === undefined ? {} : { rows }) } };
  } catch (cause) {
    console.error(`${cause instanceof Error ? cause.message : String(cause)}. ${usage}`);
    return undefined;
  }
}

const asked = readArguments();
if (asked === undefined) {
  process.exitCode = 2;
} else {
  const report = await asked.bench(asked.options);
  const measured = !asked.options.quick && asked.options.rows === undefined;
  await publishReport(report, measured ? join(import.meta.dirname, 'results') : undefined);
  if (report.results.some(({ ratio, bar }) => bar !== null && !(ratio <= bar))) process.exitCode = 1;
}
