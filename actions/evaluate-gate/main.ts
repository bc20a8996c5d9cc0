import { evaluateGateDefinition } from '../../src/action/definitions/evaluate-gate.ts';
import { runAction } from '../../src/action/run-action.ts';
import { evaluateGate } from '../../src/steps/evaluate-gate.ts';

await runAction({
  ...evaluateGateDefinition,
  run: (inputs, edge) =>
    evaluateGate(
      {
        candidate: inputs.candidate,
        championEnvironment: inputs.champion === 'live' ? edge.environment().name : undefined,
        signingKey: inputs['signing-key'],
      },
      { ...edge.context, engine: edge.scoringEngine(), registry: edge.registry, stopwatch: edge.stopwatch },
    ),
});
