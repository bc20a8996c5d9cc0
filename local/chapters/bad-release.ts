import { duringTraffic } from '../during-traffic.ts';
import { liveVersion } from '../live-version.ts';
import { releaseModel } from '../release.ts';
import { environment, type Story } from '../story.ts';
import type { ChapterResult } from './chapter.ts';

/** Starts after enough rows that no smoke test at registration can see it: only watching the rollout does. */
const fault = 'slow=150ms,skew=0.2,after=500';

/** The live model in a new image whose runtime has a labelled fault: verification fails and a commit brings the old version back. */
export async function badRelease(story: Story): Promise<ChapterResult> {
  const title = 'Bad release (simulated fault)';
  const live = await story.registry.live(environment);
  const record = live === undefined ? undefined : await story.registry.version(live.version);
  if (record === undefined) return { chapter: 4, title, decision: 'skipped', version: 'none', text: 'nothing is live' };
  const release = await duringTraffic(story, 'chapter-4', () =>
    releaseModel(story, {
      scene: 'chapter-4',
      asOf: story.plan.badReleaseAt,
      candidate: record.candidate,
      evaluation: record.evaluation,
      imageEnvironment: `SIMULATED_FAULT=${fault}`,
      labels: `simulated-fault=${fault}`,
    }),
  );
  return {
    chapter: 4,
    title,
    decision: release.rollout.outputs['result'] ?? release.rollout.verdict,
    version: await liveVersion(story),
    text: release.rollout.summary,
  };
}
