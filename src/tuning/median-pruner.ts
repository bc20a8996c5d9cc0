import type { PrunerOptions } from '../pipeline/schema/tuning.ts';
import { quantile } from '../statistics/quantile.ts';
import { bestUpTo } from './best-up-to.ts';
import type { Pruner } from './pruner.ts';

/**
 * Stops a trial whose best loss so far is worse than the median of what complete trials had reached by the same epoch.
 * Complete trials alone are compared with: pruned ones were cut for being bad, and would let the bar sink.
 * Source: Golovin et al., "Google Vizier" (2017), the median stopping rule.
 */
export function medianPruner(options: Extract<PrunerOptions, { type: 'median' }>): Pruner {
  return ({ losses, others }) => {
    const epoch = losses.length;
    if (epoch <= options['warm-up-epochs']) return false;
    const complete = others.filter(({ state }) => state === 'complete');
    if (complete.length === 0 || complete.length < options['startup-trials']) return false;
    // A trial that ended earlier by itself is judged by the best it had.
    const reached = complete.map((trial) => bestUpTo(trial.losses, Math.min(epoch, trial.losses.length)) ?? trial.loss);
    return (bestUpTo(losses, epoch) ?? Number.NaN) > quantile(Float64Array.from(reached), 0.5);
  };
}
