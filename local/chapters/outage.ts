import { publishFlights } from '../feed.ts';
import type { Story } from '../story.ts';
import { liveVersion } from '../live-version.ts';
import { watchWeeks } from '../watch-weeks.ts';
import { weeksBetween } from '../week.ts';
import type { ChapterResult } from './chapter.ts';

/** From 1 October the departure-delay feed of Newark reads 0: a simulated fault. Early challengers are refused, a later one wins. */
export async function outage(story: Story): Promise<ChapterResult> {
  await story.journal.scene('chapter-3/feed', () => publishFlights(story, 'autumn-with-simulated-outage'));
  const { replacements, alarms } = await watchWeeks(story, { scene: 'chapter-3', weeks: weeksBetween(story.plan.outage), until: 'replaced' });
  const refused = replacements.filter((replacement) => replacement.kind === 'refused').length;
  const last = replacements.at(-1);
  return {
    chapter: 3,
    title: 'Outage (simulated fault)',
    decision: last?.kind ?? 'no-alarm',
    version: await liveVersion(story),
    text: `${alarms} weekly checks raised an alarm; ${refused} challengers refused, ${replacements.length - refused} accepted`,
  };
}
