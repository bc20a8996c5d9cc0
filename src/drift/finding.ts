import type { Check } from '../verdict/verdict.ts';

/** One measurement of one window: a metric is not yet a decision. */
export interface Finding {
  /** Stable, e.g. psi.departure_delay, psi.EWR/departure_delay, performance.recall. */
  readonly id: string;
  readonly title: string;
  readonly kind: 'feature' | 'prediction' | 'performance' | 'service' | 'data';
  readonly state: 'quiet' | 'signal' | 'inconclusive';
  /** May open an incident when it persists; the others are reported. */
  readonly alarming: boolean;
  readonly value: number | null;
  readonly unit?: string;
  readonly interval?: readonly [number, number] | null;
  readonly threshold?: string;
  readonly sampleSize?: number;
  readonly message?: string;
  readonly details?: NonNullable<Check['details']>;
}
