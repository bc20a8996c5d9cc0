import { createHash } from 'node:crypto';

/**
 * Whether a request belongs to the sample: decided by its id alone, so that all of its rows are in or out, in every pod and for whoever asks again.
 * Different purposes draw different samples of the same size.
 */
export function sampled(requestId: string, share: number, purpose: string): boolean {
  if (share >= 1) return true;
  if (share <= 0) return false;
  return createHash('sha256').update(purpose).update('\0').update(requestId).digest().readUInt32BE(0) < share * 2 ** 32;
}
