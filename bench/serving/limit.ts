import type { BenchResult } from '../bench-report.ts';

/** A figure held to an absolute limit. */
export function limited(metric: string, ours: number, { limit, bar = 1 }: { readonly limit: number; readonly bar?: number | null }): BenchResult {
  return { metric, ours, peer: 'limit', peerValue: limit, ratio: ours / limit, bar, rounds: 1 };
}

/** How many there must be none of: the ratio is the number itself. */
export function none(metric: string, ours: number): BenchResult {
  return { metric, ours, peer: 'limit', peerValue: 0, ratio: ours, bar: 0, rounds: 1 };
}
