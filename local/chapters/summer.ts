import type { Story } from '../story.ts';
import { liveVersion } from '../live-version.ts';
import { watchWeeks } from '../watch-weeks.ts';
import { weeksBetween } from '../week.ts';
import type { ChapterResult } from './chapter.ts';

/** June to September as live traffic; the drift that comes with the season, and a challenger that is not better. */
export async function summer(story: Story): Promise<ChapterResult> {
  const { replacements, alarms } = await watchWeeks(story, { scene: 'chapter-2', weeks: weeksBetween(story.plan.summer) });
  const last = replacements.at(-1);
  return {
    chapter: 2,
    title: 'Summer',
    decision: last?.kind ?? 'no-alarm',
    version: await liveVersion(story),
    text: `${alarms} weekly checks raised an alarm; ${replacements.length} challenger${replacements.length === 1 ? '' : 's'} judged${last?.kind === 'refused' ? `, refused: ${last.reason}` : ''}`,
  };
}
