import { median, type BenchResult } from '../bench-report.ts';
import type { LoadResult } from './load/load-plan.ts';
import type { ServedModel } from './models/served-model.ts';
import { sessionCost } from './models/session-cost.ts';
import { sendLoad } from './send-load.ts';
import { floorSide } from './sides/floor.ts';
import { bentoMlSide, fastApiSide, mlServerSide } from './sides/python-peer.ts';
import type { RunningSide, Side } from './sides/side.ts';
import { taxiwaySide } from './sides/taxiway.ts';

const connectionCounts = [16, 64];

interface Started {
  readonly side: Side;
  readonly running: RunningSide;
}

/** A side that cannot be installed or started is said and left out; the bars that need it then fail for want of a figure. */
async function startSide(name: string, make: () => Side): Promise<Started | undefined> {
  try {
    const side = make();
    return { side, running: await side.start() };
  } catch (error) {
    console.error(`\n!!! ${name} IS LEFT OUT of the comparison, it cannot be installed or started: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}

/**
 * One row a request. All servers stand on the same core and only one is asked at a time, in turn, so that what else the machine does falls on
 * all of them alike.
 */
export async function benchSingleRow(model: ServedModel, { quick }: { readonly quick: boolean }): Promise<BenchResult[]> {
  const makers = { Taxiway: taxiwaySide, 'bare Fastify': floorSide, FastAPI: fastApiSide, MLServer: mlServerSide, BentoML: bentoMlSide };
  const started: Started[] = [];
  try {
    for (const [name, make] of Object.entries(makers)) {
      const side = await startSide(name, () => make(model));
      if (side) started.push(side);
    }
    return await compare(started, model, quick);
  } finally {
    for (const { running } of started) await running.stop();
  }
}

async function compare(started: readonly Started[], model: ServedModel, quick: boolean): Promise<BenchResult[]> {
  const rounds = quick ? 3 : 7;
  const seconds = quick ? 1.5 : 4;
  for (const { side, running } of started) await sendLoad(side, running, { pace: { kind: 'closed', connections: 16 }, warmUp: 0, seconds: quick ? 2 : 5 });
  const session: number[] = [];
  const results = new Map<string, LoadResult[]>();
  for (let round = 0; round < rounds; round += 1) {
    session.push((await sessionCost(model, model.rows.slice(0, 1), quick ? 0.5 : 2)).cpuPerRun);
    for (const connections of connectionCounts) {
      for (const { side, running } of started) {
        const key = `${side.name} ${connections}`;
        results.set(key, [...(results.get(key) ?? []), await sendLoad(side, running, { pace: { kind: 'closed', connections }, warmUp: 0.3, seconds })]);
      }
    }
  }
  const floorRun = median(session);
  console.log(`${model.name}: a bare session run of one row takes ${floorRun.toFixed(1)} µs of CPU`);
  return connectionCounts.flatMap((connections) => resultsOf({ model, connections, rounds, floorRun }, (name) => results.get(`${name} ${connections}`)));
}

interface Case {
  readonly model: ServedModel;
  readonly connections: number;
  readonly rounds: number;
  /** µs of CPU of a bare session run of one row. */
  readonly floorRun: number;
}

function resultsOf({ model, connections, rounds, floorRun }: Case, of: (name: string) => readonly LoadResult[] | undefined): BenchResult[] {
  const value = (name: string, read: (result: LoadResult) => number): number => median((of(name) ?? []).map(read));
  const cpu = (result: LoadResult): number => result.cpuPerAnswer;
  const perThousand = ({ goodput }: LoadResult): number => 1000 / goodput;
  const figure = (what: string, peer: string, { read, bar, peerValue = value(peer, read) }: { read: (result: LoadResult) => number; bar: number | null; peerValue?: number }): BenchResult => {
    const ours = value('Taxiway', read);
    return { metric: `${what}, ${model.name}, ${connections} connections`, ours, peer, peerValue, ratio: ours / peerValue, bar, rounds };
  };
  for (const name of ['Taxiway', 'bare Fastify', 'FastAPI', 'MLServer', 'BentoML']) {
    const [p50, p975, p99] = [value(name, ({ latency }) => latency.p50), value(name, ({ latency }) => latency['p97.5']), value(name, ({ latency }) => latency.p99)];
    console.log(`${model.name}, ${connections} connections, ${name}: ${value(name, cpu).toFixed(0)} µs CPU a request, ${value(name, ({ goodput }) => goodput).toFixed(0)} requests/s, p50 ${p50.toFixed(1)} p97.5 ${p975.toFixed(1)} p99 ${p99.toFixed(1)} ms, ${(value(name, ({ memory }) => memory.most) / 1e6).toFixed(0)} MB; the load used ${(100 * value(name, ({ loadShare }) => loadShare)).toFixed(0)} % of its core`);
  }
  const others = ['MLServer', 'BentoML'].filter((name) => of(name) !== undefined);
  return [
    figure('CPU µs per request', 'FastAPI', { read: cpu, bar: 0.25 }),
    figure('CPU µs per request', 'floor', { read: cpu, bar: 2.5, peerValue: value('bare Fastify', cpu) + floorRun }),
    ...others.map((peer) => figure('CPU µs per request', peer, { read: cpu, bar: null })),
    figure('seconds per 1,000 requests', 'FastAPI', { read: perThousand, bar: 0.25 }),
    ...others.map((peer) => figure('seconds per 1,000 requests', peer, { read: perThousand, bar: null })),
    figure('p97.5 ms', 'FastAPI', { read: ({ latency }) => latency['p97.5'], bar: 1 }),
    ...others.map((peer) => figure('p97.5 ms', peer, { read: ({ latency }) => latency['p97.5'], bar: null })),
  ];
}
