import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BenchOptions, BenchReport, BenchResult } from '../bench-report.ts';
import { type Expected, expectCounts, foundCounts } from './expect-counts.ts';
import { makeRows } from './make-rows.ts';
import type { Measurement, Part } from './measure-checks.ts';
import { endOfRows, readRealFlights } from './simulate-rows.ts';

const fullRows = 100_000_000;
const quickRows = 5_000_000;
const cache = join(import.meta.dirname, '..', '.cache');
/** Of 100 million rows on two cores: seconds, and GB resident. */
const limits: Readonly<Record<Part, { readonly seconds: number; readonly gigabytes: number }>> = { scan: { seconds: 15, gigabytes: 2 }, exact: { seconds: 150, gigabytes: 6 } };

/**
 * The checks of checks.yaml on generated rows, each part in a process of its own, from opening the files to the verdict. Every count must be the one
 * that simulate-rows.ts gives. Rows are made once and kept in bench/.cache.
 */
export async function benchScale({ quick, rows = quick ? quickRows : fullRows }: BenchOptions): Promise<BenchReport> {
  const folder = join(cache, `scale-${rows}`);
  await mkdir(cache, { recursive: true });
  let started = performance.now();
  await makeRows(rows, folder);
  console.log(`${rows} rows are in ${folder} (${secondsSince(started)} s)`);
  const flights = await readRealFlights();
  const end = endOfRows(flights, rows);
  started = performance.now();
  const expected = expectCounts(flights, rows, end);
  console.log(`Counted what the checks must find (${secondsSince(started)} s)`);
  const results: BenchResult[] = [];
  for (const part of ['scan', 'exact'] as const) {
    const measured = await measure(folder, part, end);
    console.log(`${part}: ${measured.seconds.toFixed(1)} s wall, ${measured.cpuSeconds.toFixed(1)} s CPU, ${measured.residentGigabytes.toFixed(2)} GB; ${measured.result.checks.map(({ id, verdict }) => `${id} ${verdict}`).join(', ')}`);
    demandSameCounts(part, expected[part], foundCounts(measured.result));
    results.push(held(`${part} seconds`, measured.seconds, limits[part].seconds), held(`${part} resident GB`, measured.residentGigabytes, limits[part].gigabytes));
  }
  return { bench: 'scale', results };
}

async function measure(folder: string, part: Part, end: number): Promise<Measurement> {
  const spill = await mkdtemp(join(cache, 'spill-'));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'measure-checks.ts'), folder, part, String(end), spill], { maxBuffer: 1e8 });
    // What our own process has just printed.
    return JSON.parse(stdout) as Measurement;
  } finally {
    await rm(spill, { recursive: true, force: true });
  }
}

function demandSameCounts(part: Part, expected: Expected, found: Expected): void {
  const wrong = [...new Set([...expected.keys(), ...found.keys()])].filter((name) => Math.abs((expected.get(name) ?? 0) - (found.get(name) ?? 0)) > 1e-9);
  if (wrong.length > 0) throw new Error(`${part}: ${wrong.map((name) => `${name} is ${found.get(name) ?? 'absent'}, must be ${expected.get(name) ?? 'absent'}`).join('; ')}`);
  console.log(`${part}: all ${expected.size} counts are exact`);
}

function held(metric: string, value: number, limit: number): BenchResult {
  return { metric, ours: value, peer: 'limit', peerValue: limit, ratio: value / limit, bar: 1, rounds: 1 };
}

function secondsSince(started: number): string {
  return ((performance.now() - started) / 1000).toFixed(0);
}
