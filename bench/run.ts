import { join } from 'node:path';
import { publishReport, type BenchReport } from './bench-report.ts';
import { benchTraining } from './training/bench-training.ts';

const benches: Readonly<Record<string, (options: { readonly quick: boolean }) => Promise<BenchReport>>> = {
  training: benchTraining,
};

const [name = '', ...flags] = process.argv.slice(2);
const bench = benches[name];
const unknownFlag = flags.find((flag) => flag !== '--quick');
if (bench === undefined || unknownFlag !== undefined) {
  console.error(`${unknownFlag === undefined ? `There is no benchmark "${name}"` : `Unknown option ${unknownFlag}`}. Usage: npm run bench -- <${Object.keys(benches).join(' | ')}> [--quick]`);
  process.exitCode = 2;
} else {
  const report = await bench({ quick: flags.includes('--quick') });
  await publishReport(report, join(import.meta.dirname, 'results'));
  if (report.results.some(({ ratio, bar }) => !(ratio <= bar))) process.exitCode = 1;
}
