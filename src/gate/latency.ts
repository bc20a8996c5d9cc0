import type { Table } from '../data/table.ts';
import { dayBlockBootstrap, ratioOfSums } from '../statistics/day-block-bootstrap.ts';
import { quantile } from '../statistics/quantile.ts';
import type { ModelScorer } from './model-scorer.ts';
import { takeRows } from '../data/take-rows.ts';

/** Where time is read, so that tests decide what it says. */
export interface Stopwatch {
  /** Milliseconds of wall time since any fixed moment. */
  wall(): number;
  /** Milliseconds of CPU that this process has used. */
  cpu(): number;
}

export const processStopwatch: Stopwatch = {
  wall: () => performance.now(),
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};

export interface LatencyMeasurement {
  /** Milliseconds for one row, 95th percentile of wall time. */
  readonly p95: number;
  readonly calls: number;
  /** CPU time candidate / champion; undefined without a champion. */
  readonly ratio: { readonly value: number; readonly interval: readonly [number, number]; readonly rounds: number } | undefined;
}

export interface LatencyOptions {
  readonly candidate: ModelScorer;
  readonly champion: ModelScorer | undefined;
  /** Rows are taken from here, evenly spread. */
  readonly table: Table;
  readonly stopwatch: Stopwatch;
  /** Default 30. */
  readonly rounds?: number;
  /** Single-row calls per model and round, default 40. */
  readonly callsPerRound?: number;
}

/**
 * Single-row calls on the exact model file. Candidate and champion alternate round by round, in changing order, so that a busy machine slows both; CPU time, not wall
 * time, is compared, with a bootstrap over rounds. Undefined when there are no rows.
 */
export async function measureLatency(options: LatencyOptions): Promise<LatencyMeasurement | undefined> {
  const { candidate, champion, table, stopwatch, rounds = 30, callsPerRound = 40 } = options;
  if (table.rows === 0) return undefined;
  const singles = Array.from({ length: callsPerRound }, (_, call) => takeRows(table, [Math.floor((call * table.rows) / callsPerRound)]));
  const walls: number[] = [];
  const round = async (scorer: ModelScorer, record: boolean): Promise<number> => {
    const cpuBefore = stopwatch.cpu();
    for (const single of singles) {
      const before = stopwatch.wall();
      await scorer.score(single);
      if (record) walls.push(stopwatch.wall() - before);
    }
    return stopwatch.cpu() - cpuBefore;
  };
  await round(candidate, false);
  if (champion !== undefined) await round(champion, false);
  const candidateCpu = new Float64Array(rounds);
  const championCpu = new Float64Array(rounds);
  for (let turn = 0; turn < rounds; turn++) {
    const championFirst = champion !== undefined && turn % 2 === 0;
    if (championFirst) championCpu[turn] = await round(champion, false);
    candidateCpu[turn] = await round(candidate, true);
    if (champion !== undefined && !championFirst) championCpu[turn] = await round(champion, false);
  }
  const p95 = quantile(Float64Array.from(walls), 0.95);
  if (champion === undefined) return { p95, calls: walls.length, ratio: undefined };
  const { ratio } = dayBlockBootstrap({ ratio: ratioOfSums(candidateCpu, championCpu) }, { dayCount: rounds, seed: 'latency' });
  return { p95, calls: walls.length, ratio: { value: ratio.value, interval: ratio.interval, rounds } };
}
