import { trainDefinition } from '../../src/action/definitions/train.ts';
import { openRowReader } from '../../src/action/open-data.ts';
import { runAction } from '../../src/action/run-action.ts';
import { workerRun } from '../../src/action/worker-run.ts';
import { applyStudy } from '../../src/steps/apply-study.ts';
import { runTrials } from '../../src/steps/run-trials.ts';
import { train } from '../../src/steps/train.ts';

await runAction({
  ...trainDefinition,
  run: async (inputs, edge) => {
    const { dataset, mode, study, trials, minutes, shard } = inputs;
    const ports = { engine: edge.trainingEngine(), registry: edge.registry, readRows: openRowReader(edge) };
    if (mode === 'trial') {
      const { verdict, outputs } = await runTrials({ dataset, study, trials, minutes, shard, run: workerRun() }, { ...edge.context, ...ports });
      return { verdict, outputs: { candidate: '', model: '', ...outputs } };
    }
    const applied = study === undefined ? undefined : { study, ...(await applyStudy(edge.context, study)) };
    const { verdict, outputs } = await train(
      {
        dataset,
        warmStart: inputs['warm-start'],
        championEnvironment: inputs.champion === 'live' ? inputs.environment : undefined,
        ...(applied === undefined ? {} : { tuned: { study: applied.study, trial: applied.best.number } }),
      },
      { ...(applied?.context ?? edge.context), ...ports },
    );
    const best = { 'best-trial': String(applied?.best.number ?? ''), 'best-value': '', 'best-parameters': applied === undefined ? '' : JSON.stringify(applied.best.parameters) };
    return { verdict, outputs: { study: study ?? '', ...best, ...outputs } };
  },
});
