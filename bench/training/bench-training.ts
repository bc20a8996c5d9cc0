import type { BenchOptions, BenchReport } from '../bench-report.ts';
import { epochsAgainstPyTorch } from './epochs-against-pytorch.ts';
import { trainTheYear } from './train-the-year.ts';

/** What training costs: an epoch beside PyTorch's, and the shipped network on the whole year, to the last bit the same over runs and threads. */
export async function benchTraining(options: BenchOptions): Promise<BenchReport> {
  return { bench: 'training', results: [await epochsAgainstPyTorch(options), ...(await trainTheYear(options))] };
}
