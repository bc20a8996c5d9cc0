import type { MetricEstimate } from '../metrics/classification-metrics.ts';

/** A number as JSON can say it: null where it is undefined. */
export interface Estimate {
  readonly value: number | null;
  /** 95 %, day-block bootstrap. */
  readonly interval: readonly [number, number] | null;
  readonly sampleSize: number;
}

export function toEstimate({ value, interval, sampleSize }: MetricEstimate): Estimate {
  const [low, high] = interval;
  return {
    value: finite(value),
    interval: Number.isFinite(low) && Number.isFinite(high) ? [low, high] : null,
    sampleSize,
  };
}

/** Null where the number is none, for JSON. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
