import type { BenchResult } from '../bench-report.ts';
import { limited, none } from './limit.ts';
import type { LoadResult } from './load/load-plan.ts';
import type { ServedModel } from './models/served-model.ts';
import { sendLoad } from './send-load.ts';
import { rowRequests, startTaxiway } from './sides/taxiway.ts';

const mostConnections = 1000;
const overload = 3;
/** A load that sends later than this, in ms at its 99th percentile, was itself too slow: nothing is to be read from it. */
const tolerableLateness = 50;

/**
 * Three times what the service can do, whatever it answers: requests are due at a constant rate, and latency counts from when they were due.
 * The bars hold for requests of 100 rows. A single row costs little more than reading its request and refusing it does, so no server that refuses by answering
 * can keep 85 % there: with r = CPU of a refusal / CPU of an answer, (1 − 3r) / (1 − r) is left. Single rows are shown beside.
 */
export async function benchOverload(model: ServedModel, { quick }: { readonly quick: boolean }): Promise<BenchResult[]> {
  return [...(await overloadWith(model, 100, { quick, held: true })), ...(await overloadWith(model, 1, { quick, held: false }))];
}

async function overloadWith(model: ServedModel, rows: number, { quick, held }: { readonly quick: boolean; readonly held: boolean }): Promise<BenchResult[]> {
  const side = { name: 'Taxiway', path: '/predict', requests: rowRequests(model, rows), probability: { kind: 'json', path: ['predictions', 0, 'probability'] } } as const;
  const running = await startTaxiway(model);
  try {
    const seconds = quick ? 4 : 20;
    const peak = (await sendLoad(side, running, { pace: { kind: 'closed', connections: 16 }, warmUp: quick ? 2 : 5, seconds })).goodput;
    const result = await sendLoad(side, running, { pace: { kind: 'open', perSecond: overload * peak, mostConnections }, warmUp: quick ? 1 : 3, seconds });
    say(rows, peak, result);
    const what = `${rows} row${rows === 1 ? '' : 's'} a request, ${overload} × capacity`;
    const bar = held ? 1 : null;
    const neither = Object.entries(result.statuses).reduce((sum, [status, count]) => (status === '200' || status === '503' ? sum : sum + count), 0);
    return [
      { metric: `seconds per 1,000 good answers, ${what}`, ours: 1000 / result.goodput, peer: 'its own peak', peerValue: 1000 / peak, ratio: peak / result.goodput, bar: held ? 1 / 0.85 : null, rounds: 1 },
      limited(`p99 ms of accepted, ${what}`, result.latency.p99, { limit: 100, bar }),
      held ? none(`answers neither 200 nor 503, ${what}`, neither) : limited(`answers neither 200 nor 503, ${what}`, neither, { limit: 1, bar: null }),
      limited(`growth of memory, ${what}`, result.memory.end / result.memory.start, { limit: 1.05, bar }),
      limited(`lateness of the load itself, p99 ms, ${what}`, result.lateness, { limit: tolerableLateness, bar }),
    ];
  } finally {
    await running.stop();
  }
}

function say(rows: number, peak: number, { statuses, goodput, latency, refusalLatency, serverShare, loadShare, lateness, memory, connections }: LoadResult): void {
  console.log(`${rows} row(s) a request: peak ${peak.toFixed(0)}/s; at ${overload} × it ${goodput.toFixed(0)}/s good (${((100 * goodput) / peak).toFixed(0)} %), answers by status ${JSON.stringify(statuses)},`);
  console.log(`  p99 of accepted ${latency.p99.toFixed(1)} ms, of refused ${refusalLatency.p99.toFixed(1)} ms, ${(memory.start / 1e6).toFixed(0)} -> ${(memory.end / 1e6).toFixed(0)} MB, ${connections} connections; cores used: server ${serverShare.toFixed(2)}, load ${loadShare.toFixed(2)}, the load sent ${lateness.toFixed(1)} ms late at its p99`);
}
