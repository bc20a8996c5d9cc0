import { proposeReplacement, type ReplacementResult } from './replacement.ts';
import { playStep, type Story } from './story.ts';
import { FlightCallers } from './replay-flights.ts';
import type { Week } from './week.ts';

export interface WatchResult {
  /** What the gate said of every challenger, in order. */
  readonly replacements: readonly ReplacementResult[];
  readonly alarms: number;
}

/**
 * Week by week: the flights go through the service as they happened, labels arrive, the drift check looks back.
 * Where it opens a retrain pull request, that is an experiment like any other.
 */
export async function watchWeeks(story: Story, options: { scene: string; weeks: readonly Week[]; until?: 'replaced' }): Promise<WatchResult> {
  const replacements: ReplacementResult[] = [];
  let alarms = 0;
  const callers = new FlightCallers(story, options.weeks);
  for (const [index, week] of options.weeks.entries()) {
    story.console.bar(`${options.scene} weeks`, index, options.weeks.length);
    const scene = `${options.scene}/${week.name}`;
    await callers.replay(scene, week);
    const check = await playStep(story, {
      scene: `${scene}/drift-check`,
      action: 'drift-check',
      branch: story.pipeline.definition.deployment.branch,
      asOf: week.checkedAt,
      inputs: { mode: 'check' },
      accept: ['pass', 'fail', 'inconclusive'],
    });
    if (check.verdict === 'fail') alarms += 1;
    if (check.outputs['result'] !== 'alarm') continue;
    const replacement = await proposeReplacement(story, { scene: `${scene}/retrain`, asOf: week.checkedAt, check });
    replacements.push(replacement);
    if (replacement.kind === 'live' && options.until === 'replaced') break;
  }
  story.console.clear();
  return { replacements, alarms };
}
