import { setTimeout as delay } from 'node:timers/promises';
import { median, type BenchResult } from '../bench-report.ts';
import { limited, none } from './limit.ts';
import type { ServedModel } from './models/served-model.ts';
import { processTree, processUse } from './process-tree.ts';
import { sendLoad } from './send-load.ts';
import { rowRequests, startTaxiway } from './sides/taxiway.ts';

const endpointsDelay = 500;

/** Start to ready, memory then and after load, and SIGTERM under load with callers that go elsewhere half a second after the service says that it is not ready. */
export async function benchLifetime(model: ServedModel, { quick }: { readonly quick: boolean }): Promise<BenchResult[]> {
  const rounds = quick ? 3 : 9;
  const starts: number[] = [];
  const resident: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    const running = await startTaxiway(model, { interval: 5 });
    starts.push(performance.now() - start);
    resident.push(processUse(processTree(running.process)).memory / 1e6);
    await running.stop();
  }
  const { failed, answered, loaded } = await endUnderLoad(model, quick);
  console.log(`SIGTERM under load: ${answered} answered, ${failed} failed`);
  return [
    { ...limited('start to ready, ms', median(starts), { limit: 1000 }), rounds },
    { ...limited('resident MB when ready', median(resident), { limit: 160 }), rounds },
    limited('resident MB under load', loaded, { limit: 160, bar: null }),
    none('requests failed around SIGTERM', failed),
  ];
}

async function endUnderLoad(model: ServedModel, quick: boolean): Promise<{ failed: number; answered: number; loaded: number }> {
  const side = { name: 'Taxiway', path: '/predict', requests: rowRequests(model, 1), probability: { kind: 'json', path: ['predictions', 0, 'probability'] } } as const;
  // As the manifests set them, not the benches' short ones.
  const running = await startTaxiway(model, { environment: { DRAIN_MINIMUM_MS: '1500', DRAIN_QUIET_MS: '300' } });
  try {
    await sendLoad(side, running, { pace: { kind: 'closed', connections: 16 }, warmUp: 0, seconds: 3 });
    const loading = sendLoad(side, running, { pace: { kind: 'open', perSecond: 500, mostConnections: 64 }, warmUp: 0, seconds: 20, stopAfterNotReady: endpointsDelay });
    await delay(quick ? 3000 : 8000);
    process.kill(running.process, 'SIGTERM');
    const { statuses, memory } = await loading;
    const answered = statuses['200'] ?? 0;
    const all = Object.values(statuses).reduce((sum, count) => sum + count, 0);
    return { failed: all - answered, answered, loaded: memory.most / 1e6 };
  } finally {
    await running.stop();
  }
}
