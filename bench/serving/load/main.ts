import type { LoadPlan } from './load-plan.ts';
import { runLoad } from './run-load.ts';

/** The load as a process of its own, so that it can be pinned to a core of its own: takes one plan, answers one result. */
process.once('message', (plan: LoadPlan) => {
  runLoad(plan).then(
    (result) => process.send?.(result, () => process.exit(0)),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
