/**
 * Service metrics over a window that ends now. Every answer is `value` or `unavailable` with a reason:
 * missing, NaN, infinite, many series and stale never look like a number.
 */
export interface MetricSource {
  query(request: MetricRequest): Promise<MetricAnswer>;
}

export interface MetricRequest {
  readonly metric: 'latency-p95' | 'latency-p99' | 'error-rate' | 'request-rate' | 'request-count';
  /** Length of the window in milliseconds. */
  readonly window: number;
  /** Only pods that run this image; all pods where absent. */
  readonly imageDigest?: string;
}

export type MetricAnswer =
  /** Seconds for latencies, a share for error-rate, requests per second for request-rate. */
  | { readonly kind: 'value'; readonly value: number; readonly sampleSize: number }
  | { readonly kind: 'unavailable'; readonly reason: string };
