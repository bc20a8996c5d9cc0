import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchOptions, BenchReport } from '../bench-report.ts';
import { limited, none } from './limit.ts';
import { makeStudyNet } from './models/study-net.ts';
import { sendLoad } from './send-load.ts';
import { rowRequests, startTaxiway } from './sides/taxiway.ts';

const side = { name: 'Taxiway', path: '/predict', probability: { kind: 'json', path: ['predictions', 0, 'probability'] } } as const;

/** Half of what it can do, for half an hour: does it keep its memory? The first sixth, in which V8 still makes room, does not count. */
export async function benchServingSoak({ quick }: BenchOptions): Promise<BenchReport> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-serving-soak-'));
  try {
    const model = await makeStudyNet(folder);
    const asked = { ...side, requests: rowRequests(model, 1) };
    const running = await startTaxiway(model);
    try {
      const pieces = 30;
      const seconds = quick ? 2 : 60;
      const { goodput } = await sendLoad(asked, running, { pace: { kind: 'closed', connections: 16 }, warmUp: 2, seconds: quick ? 4 : 20 });
      const memory: number[] = [];
      let failed = 0;
      for (let piece = 0; piece < pieces; piece += 1) {
        const result = await sendLoad(asked, running, { pace: { kind: 'open', perSecond: goodput / 2, mostConnections: 256 }, warmUp: 0, seconds });
        memory.push(result.memory.median / 1e6);
        failed += Object.entries(result.statuses).reduce((sum, [status, count]) => (status === '200' ? sum : sum + count), 0);
      }
      const warm = memory.slice(pieces / 6);
      const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
      const third = Math.floor(warm.length / 3);
      console.log(`${(goodput / 2).toFixed(0)} requests/s; resident MB by ${seconds} s: ${memory.map((value) => value.toFixed(0)).join(' ')}`);
      return {
        bench: 'serving-soak',
        results: [
          limited('resident memory, last third over first third after warm-up', mean(warm.slice(-third)) / mean(warm.slice(0, third)), { limit: 1.05 }),
          limited('most resident MB after warm-up', Math.max(...warm), { limit: 160, bar: null }),
          none('answers other than 200', failed),
        ],
      };
    } finally {
      await running.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
