import type { LatencySummary } from './percentile.ts';

/** One request of many that are sent in turn, and what it must be answered. */
export interface PlannedRequest {
  /** base64 */
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The probability of its first row. */
  readonly expected: number;
}

/** Where an answer keeps the first row's probability: members of JSON, or the first float of the binary part after the JSON part. */
export type ProbabilityPlace = { readonly kind: 'json'; readonly path: readonly (string | number)[] } | { readonly kind: 'binary-tensor' };

export type LoadPace =
  /** Every connection sends its next request when it has its answer. */
  | { readonly kind: 'closed'; readonly connections: number }
  /** Requests come when they are due, answered or not. */
  | { readonly kind: 'open'; readonly perSecond: number; readonly mostConnections: number };

export interface LoadPlan {
  readonly port: number;
  readonly path: string;
  readonly requests: readonly PlannedRequest[];
  readonly probability: ProbabilityPlace;
  readonly pace: LoadPace;
  /** Before anything is counted, in seconds. */
  readonly warmUp: number;
  readonly seconds: number;
  /** The server's process: its CPU and memory, with its children's, are read. */
  readonly serverProcess: number;
  /** Stop so many milliseconds after the first /health/ready that is not 200, as callers do that Kubernetes tells. */
  readonly stopAfterNotReady?: number;
}

export interface LoadResult {
  /** Of the measured time, in seconds. */
  readonly seconds: number;
  /** Answers by status; 0: no answer, the connection broke. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Answers 200 per second. */
  readonly goodput: number;
  /** Of the answers 200, from the moment they were due. */
  readonly latency: LatencySummary;
  /** Of every other answer. */
  readonly refusalLatency: LatencySummary;
  /** Answers 200 whose probability was looked at, and how many were another than expected. */
  readonly checked: number;
  readonly wrong: number;
  /** µs of the server's processes for each answer of any kind. */
  readonly cpuPerAnswer: number;
  /** Share of a core that the server's processes took. */
  readonly serverShare: number;
  /** Share of a core that the load itself took, and how late it sent (ms, p99): above a few ms it was the load that was too slow. */
  readonly loadShare: number;
  readonly lateness: number;
  /** Bytes of the server's processes in the measured time. */
  readonly memory: { readonly start: number; readonly median: number; readonly most: number; readonly end: number };
  readonly connections: number;
}
