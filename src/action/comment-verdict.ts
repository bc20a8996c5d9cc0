import type { GitHost } from '../ports/git-host.ts';
import { stickyMarker, verdictMarkdown } from '../report/verdict-markdown.ts';
import type { Verdict } from '../verdict/verdict.ts';

/** A step's verdict as its one comment on a pull request: written the first time, edited afterwards. */
export async function commentVerdict(gitHost: GitHost, pullRequest: number, verdict: Verdict): Promise<void> {
  const marker = stickyMarker(verdict.step, verdict.pipeline.name);
  await gitHost.upsertComment(pullRequest, marker, `${marker}\n${verdictMarkdown(verdict)}`);
}
