import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchOptions, BenchReport, BenchResult } from '../bench-report.ts';
import { benchBulk } from './bulk.ts';
import { benchLifetime } from './lifetime.ts';
import { makeRealModel } from './models/real-model.ts';
import { makeStudyNet } from './models/study-net.ts';
import { benchOverload } from './overload.ts';
import { benchSingleRow } from './single-row.ts';

/**
 * The service beside FastAPI, MLServer and BentoML, and beside the least that a service in Node costs, all on one core with the load on another:
 * single rows, bulk, three times the load it can bear, start and end.
 */
export async function benchServing({ quick }: BenchOptions): Promise<BenchReport> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-serving-'));
  try {
    const study = await makeStudyNet(folder);
    const real = await makeRealModel();
    const results: BenchResult[] = [];
    for (const model of [study, real]) results.push(...(await benchSingleRow(model, { quick })), ...(await benchBulk(model, { quick })));
    results.push(...(await benchOverload(real, { quick })), ...(await benchLifetime(real, { quick })));
    return { bench: 'serving', results };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
