import { join } from 'node:path';
import { askProcess } from './ask-process.ts';
import { loadCore } from './child-processes.ts';
import type { LoadPlan, LoadResult } from './load/load-plan.ts';
import type { RunningSide, Side } from './sides/side.ts';

const program = join(import.meta.dirname, 'load', 'main.ts');

export type LoadShape = Pick<LoadPlan, 'pace' | 'warmUp' | 'seconds' | 'stopAfterNotReady'>;

/**
 * Puts a side under load from a process of its own on the load's core.
 * @throws where an answer 200 was wrong: nothing that answers otherwise is worth measuring.
 */
export async function sendLoad({ path, requests, probability, name }: Omit<Side, 'start'>, { port, process }: RunningSide, shape: LoadShape): Promise<LoadResult> {
  const plan: LoadPlan = { path, requests, probability, port, serverProcess: process, ...shape };
  const result = await askProcess<LoadResult>(program, plan, loadCore);
  if (result.wrong > 0) throw new Error(`${name}: ${result.wrong} of ${result.checked} answers looked at were another probability than the model gives`);
  return result;
}
