import { publishFlights } from '../feed.ts';
import { runExperiment } from '../experiment.ts';
import { releaseModel } from '../release.ts';
import type { Story } from '../story.ts';
import type { ChapterResult } from './chapter.ts';

/** Fit January–March, choose the threshold in April, judge on May; the first version goes live by a commit. */
export async function firstModel(story: Story): Promise<ChapterResult> {
  const asOf = story.plan.firstModelAt;
  await story.journal.scene('chapter-1/feed', () => publishFlights(story, 'winter-to-summer'));
  const branch = story.pipeline.definition.deployment.branch;
  const experiment = await runExperiment(story, { scene: 'chapter-1', branch, asOf, champion: 'none' });
  const title = 'First model';
  if (!experiment.passed) return { chapter: 1, title, decision: 'refused', version: 'none', text: experiment.gate.summary };
  const release = await releaseModel(story, { scene: 'chapter-1', asOf, candidate: experiment.candidate, evaluation: experiment.evaluation });
  const live = release.rollout.verdict === 'pass';
  return {
    chapter: 1,
    title,
    decision: live ? 'live' : 'rolled-back',
    version: live ? `v${release.version}` : 'none',
    text: release.rollout.summary,
  };
}
