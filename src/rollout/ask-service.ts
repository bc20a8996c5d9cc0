import type { GoldenRow } from './read-golden.ts';

/** One request to the service, marked as verification. Never throws: no answer is an answer. */
export type AskService = (serviceUrl: string, rows: readonly GoldenRow['columns'][]) => Promise<ServiceAnswer>;

export type ServiceAnswer =
  | {
      readonly kind: 'answered';
      readonly modelDigest: string;
      /** As many as rows were asked, in their order. */
      readonly predictions: readonly { readonly probability: number; readonly decision: 0 | 1 }[];
    }
  | { readonly kind: 'failed'; readonly reason: string };
