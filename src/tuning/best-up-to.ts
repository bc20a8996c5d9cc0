/** The least loss up to and including an epoch; undefined where the trial did not get there. */
export function bestUpTo(losses: readonly number[], epoch: number): number | undefined {
  return losses.length < epoch ? undefined : Math.min(...losses.slice(0, epoch));
}
