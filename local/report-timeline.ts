import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TimelineEntry } from '../src/report/html-report.ts';
import { type Verdict, verdictSchema } from '../src/verdict/verdict.ts';
import type { Story } from './story.ts';

/** Every verdict of the story, in the order in which the steps ended. */
export async function reportTimeline(story: Story): Promise<TimelineEntry[]> {
  const entries: TimelineEntry[] = [];
  for (const { scene } of story.journal.all()) {
    const verdict = await sceneVerdict(story, scene);
    if (verdict === undefined) continue;
    entries.push({
      chapter: chapterOf(scene),
      asOf: verdict.asOf,
      title: verdict.step,
      outcome: verdict.verdict,
      text: verdict.summary,
      verdict,
    });
  }
  return entries;
}

export async function sceneVerdict(story: Story, scene: string): Promise<Verdict | undefined> {
  const text = await readFile(join(story.paths.records, scene, 'verdict.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : verdictSchema.parse(JSON.parse(text));
}

function chapterOf(scene: string): number {
  return Number(/^chapter-(\d+)/.exec(scene)?.[1] ?? 0);
}
