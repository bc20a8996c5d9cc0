import type { PrunerOptions } from '../pipeline/schema/tuning.ts';
import { bestUpTo } from './best-up-to.ts';
import type { Pruner } from './pruner.ts';

/**
 * Asynchronous successive halving: at the rungs minimum, minimum·reduction, minimum·reduction², … epochs only a trial among the best
 * 1/reduction of those that got there goes on. The first reduction − 1 at a rung go on only while they are the best of it, since a
 * trial that was stopped cannot be taken up again later.
 * Source: Li et al., "A System for Massively Parallel Hyperparameter Tuning" (2018; MLSys 2020), algorithm 2.
 */
export function successiveHalvingPruner(options: Extract<PrunerOptions, { type: 'successive-halving' }>): Pruner {
  const { reduction, 'minimum-epochs': minimum } = options;
  return ({ losses, others }) => {
    const epoch = losses.length;
    if (!isRung(epoch, { minimum, reduction })) return false;
    const own = bestUpTo(losses, epoch) ?? Number.NaN;
    const rivals = others.flatMap((trial) => bestUpTo(trial.losses, epoch) ?? []);
    const places = Math.max(1, Math.floor((rivals.length + 1) / reduction));
    return rivals.filter((rival) => rival < own).length >= places;
  };
}

function isRung(epoch: number, { minimum, reduction }: { readonly minimum: number; readonly reduction: number }): boolean {
  let rung = minimum;
  while (rung < epoch) rung *= reduction;
  return rung === epoch;
}
