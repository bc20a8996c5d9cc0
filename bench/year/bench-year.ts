import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { median, type BenchOptions, type BenchReport } from '../bench-report.ts';

const repository = join(import.meta.dirname, '..', '..');
const flightsOfTheYear = 336_776;
const limit = 5;

/** One bundle as a runner starts it: a process of its own, inputs in the environment. Gives its outputs and its wall time, start-up included. */
async function runBundle(name: string, inputs: Readonly<Record<string, string>>, folder: string): Promise<{ seconds: number; output: (name: string) => string }> {
  const outputFile = join(folder, `${name}-output`);
  await writeFile(outputFile, '');
  const { PATH, HOME } = process.env;
  const environment = { PATH, HOME, RUNNER_TEMP: folder, GITHUB_WORKSPACE: repository, GITHUB_OUTPUT: outputFile, ...Object.fromEntries(Object.entries(inputs).map(([key, value]) => [`INPUT_${key.toUpperCase()}`, value])) };
  const started = performance.now();
  const run = spawnSync(process.execPath, [join(repository, 'actions', name, 'dist', 'index.js')], { cwd: repository, env: environment, encoding: 'utf8' });
  const seconds = (performance.now() - started) / 1000;
  if (run.status !== 0) throw new Error(`${name} ended with ${String(run.status)}:\n${run.stdout}${run.stderr}`);
  const text = await readFile(outputFile, 'utf8');
  const output = (key: string): string => new RegExp(`^${key}<<(\\S+)\\n([\\s\\S]*?)\\n\\1$`, 'm').exec(text)?.[2] ?? '';
  return { seconds, output };
}

/** The whole year through the bundles of `ingest` and `validate-data`, one process after the other, into an empty store on this disk. */
export async function benchYear({ quick }: BenchOptions): Promise<BenchReport> {
  const rounds = quick ? 1 : 5;
  const steps = { ingest: [] as number[], validate: [] as number[], both: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    const folder = await mkdtemp(join(tmpdir(), 'bench-year-'));
    try {
      const shared = { pipeline: 'pipelines/flight-delay/pipeline.yaml', store: pathToFileURL(join(folder, 'store')).href, 'data-root': join(repository, 'data', 'nycflights13'), 'as-of': '2014-01-03T00:00:00Z' };
      const ingest = await runBundle('ingest', { ...shared, from: '2013-01-01', to: '2014-01-02' }, folder);
      const validate = await runBundle('validate-data', { ...shared, snapshot: ingest.output('snapshot') }, folder);
      const [rows, kept, rejected] = [ingest.output('rows'), validate.output('accepted'), validate.output('quarantined')].map(Number);
      if (rows !== flightsOfTheYear || (kept ?? NaN) + (rejected ?? NaN) !== rows) throw new Error(`${flightsOfTheYear} flights became ${rows ?? 0} rows, ${kept ?? 0} accepted and ${rejected ?? 0} quarantined`);
      console.log(`round ${round} of ${rounds}: ingest ${ingest.seconds.toFixed(2)} s, validate-data ${validate.seconds.toFixed(2)} s`);
      if (round === 0) continue;
      steps.ingest.push(ingest.seconds);
      steps.validate.push(validate.seconds);
      steps.both.push(ingest.seconds + validate.seconds);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  const both = median(steps.both);
  console.log(`medians: ingest ${median(steps.ingest).toFixed(2)} s, validate-data ${median(steps.validate).toFixed(2)} s`);
  return { bench: 'year', results: [{ metric: 'seconds, two processes', ours: both, peer: 'limit', peerValue: limit, ratio: both / limit, bar: 1, rounds }] };
}
