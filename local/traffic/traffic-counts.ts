import { LatencyHistogram } from './latency-histogram.ts';
import type { PredictOutcome } from './predict-client.ts';

export interface TrafficCounts {
  /** Requests that ended, one way or the other. */
  readonly sent: number;
  /** Of these, those that got anything but 200 with one prediction per row. */
  readonly failed: number;
  readonly rows: number;
  /** Requests by the model version that answered, sorted by version. */
  readonly versions: Readonly<Record<string, number>>;
  /** Failures by kind (`status 503`, `ECONNREFUSED`), sorted. */
  readonly failures: Readonly<Record<string, number>>;
  /** Milliseconds; NaN where nothing was sent. */
  readonly latency: { readonly mean: number; readonly p50: number; readonly p95: number; readonly p99: number; readonly maximum: number };
}

const sorted = (counts: ReadonlyMap<string, number>): Record<string, number> => Object.fromEntries([...counts].sort(([left], [right]) => (left < right ? -1 : 1)));
const increment = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

/** Adds up what became of requests. */
export class TrafficTally {
  readonly #versions = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  readonly #latency = new LatencyHistogram();
  #sent = 0;
  #failed = 0;
  #rows = 0;

  add(outcome: PredictOutcome): void {
    this.#sent += 1;
    this.#latency.add(outcome.milliseconds);
    if (outcome.kind === 'failed') {
      this.#failed += 1;
      increment(this.#failures, outcome.reason);
      return;
    }
    this.#rows += outcome.rows;
    increment(this.#versions, outcome.version);
  }

  counts(): TrafficCounts {
    const { mean, maximum } = this.#latency;
    return {
      sent: this.#sent,
      failed: this.#failed,
      rows: this.#rows,
      versions: sorted(this.#versions),
      failures: sorted(this.#failures),
      latency: { mean, p50: this.#latency.quantile(0.5), p95: this.#latency.quantile(0.95), p99: this.#latency.quantile(0.99), maximum },
    };
  }
}
