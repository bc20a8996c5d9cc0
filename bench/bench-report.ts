import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface BenchOptions {
  /** Less work, for a look whether it runs: its figures are no measurement. */
  readonly quick: boolean;
  readonly rows?: number;
}

export interface BenchResult {
  readonly metric: string;
  /** Medians over the rounds. */
  readonly ours: number;
  /** Who else was measured; "limit" where the figure is held to an absolute one. */
  readonly peer: string;
  readonly peerValue: number;
  /** ours / peerValue: below 1 is better. */
  readonly ratio: number;
  /** The ratio that must not be exceeded; null: shown beside, held to nothing. */
  readonly bar: number | null;
  readonly rounds: number;
}

export interface BenchReport {
  readonly bench: string;
  readonly results: readonly BenchResult[];
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** Prints a table, keeps the results where there is a folder for them, and ends with one line of JSON. */
export async function publishReport(report: BenchReport, folder: string | undefined): Promise<void> {
  console.table(report.results.map(({ metric, ours, peer, peerValue, ratio, bar, rounds }) => ({ metric, ours: shown(ours), peer, 'of peer': shown(peerValue), ratio: ratio.toFixed(3), bar, rounds })));
  if (folder !== undefined) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${report.bench}.json`), `${JSON.stringify(report, null, 2)}\n`);
  }
  console.log(JSON.stringify(report));
}

function shown(value: number): string {
  return value.toFixed(value < 100 ? 2 : 1);
}
