/** The smallest of `sorted`, ascending, that at least `share` (0 to 1) of the values do not exceed: nearest rank; NaN of nothing. */
export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Milliseconds. */
export interface LatencySummary {
  readonly p50: number;
  readonly 'p97.5': number;
  readonly p99: number;
  readonly maximum: number;
}

export function summarizeLatency(milliseconds: readonly number[]): LatencySummary {
  const sorted = Float64Array.from(milliseconds).sort();
  return { p50: percentile(sorted, 0.5), 'p97.5': percentile(sorted, 0.975), p99: percentile(sorted, 0.99), maximum: percentile(sorted, 1) };
}
