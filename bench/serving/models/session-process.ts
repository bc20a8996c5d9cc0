import type { ServedRow } from './served-model.ts';
import { feedsFor, openSession } from './session.ts';

export interface SessionPlan {
  readonly path: string;
  readonly numbers: readonly string[];
  readonly strings: readonly string[];
  /** Of one run. */
  readonly rows: readonly ServedRow[];
  readonly seconds: number;
}

export interface SessionCost {
  /** µs of CPU for a run. */
  readonly cpuPerRun: number;
  readonly runsPerSecond: number;
}

async function measure({ path, rows, seconds, ...columns }: SessionPlan): Promise<SessionCost> {
  const session = await openSession(path);
  const feeds = feedsFor(rows, columns);
  const runFor = async (milliseconds: number): Promise<{ runs: number; elapsed: number }> => {
    const start = performance.now();
    let runs = 0;
    for (; performance.now() - start < milliseconds; runs += 1) await session.run(feeds, ['probability']);
    return { runs, elapsed: performance.now() - start };
  };
  await runFor(300);
  const before = process.cpuUsage();
  const { runs, elapsed } = await runFor(seconds * 1000);
  const { user, system } = process.cpuUsage(before);
  return { cpuPerRun: (user + system) / runs, runsPerSecond: (runs * 1000) / elapsed };
}

/** A bare session in a process of its own, so that it can be pinned to the server's core: takes one plan, answers one cost. */
process.once('message', (plan: SessionPlan) => {
  measure(plan).then(
    (cost) => process.send?.(cost, () => process.exit(0)),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
