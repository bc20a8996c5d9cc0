import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../src/errors.ts';
import { type LoopArguments, parseLoopArguments, usage } from './arguments.ts';
import { badRelease } from './chapters/bad-release.ts';
import type { ChapterResult } from './chapters/chapter.ts';
import { firstModel } from './chapters/first-model.ts';
import { outage } from './chapters/outage.ts';
import { report } from './chapters/report.ts';
import { summer } from './chapters/summer.ts';
import { createConsole } from './console.ts';
import { takeLoopLock } from './loop-lock.ts';
import { loopPaths } from './paths.ts';
import { yearPlan } from './plan.ts';
import { type RunningStory, startStory } from './start-story.ts';
import { failedRequests, finalLine, summaryTable } from './summary.ts';

interface Chapter {
  readonly title: string;
  readonly text: string;
  readonly play: (story: RunningStory, earlier: readonly ChapterResult[]) => Promise<ChapterResult>;
}

const chapters: readonly Chapter[] = [
  { title: 'First model', text: 'Fit January to March, choose the threshold in April, judge on May; the first version goes live by a commit.', play: firstModel },
  { title: 'Summer', text: 'June to September as live traffic, a drift check every week; a challenger must be significantly better, and is not.', play: summer },
  { title: 'Outage', text: 'SIMULATED FAULT: from 1 October Newark’s departure-delay feed reads 0. Early challengers are refused until one is proven.', play: outage },
  { title: 'Bad release', text: 'SIMULATED FAULT: the same model in an image whose runtime turns slow and skewed. Verification must catch it, git must bring back what was healthy.', play: badRelease },
  { title: 'Report', text: 'Everything that happened, on one page.', play: report },
];

const root = join(import.meta.dirname, '..', '.taxiway', 'loop');

async function main(): Promise<number> {
  const arguments_ = parseLoopArguments(process.argv.slice(2));
  if (arguments_.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const paths = loopPaths(root);
  const unlock = await takeLoopLock(paths.lock);
  try {
    if (arguments_.fresh) await forget(root, paths.lock);
    const console = createConsole(process.stdout, () => performance.now());
    const story = await startStory({ paths, plan: yearPlan, console, port: arguments_.port });
    try {
      return await playChapters(story, arguments_);
    } finally {
      await story.stop();
    }
  } finally {
    await unlock();
  }
}

async function playChapters(story: RunningStory, arguments_: LoopArguments): Promise<number> {
  story.console.say(`The service answers at ${story.serviceUrl}; everything lies under ${story.paths.root}`);
  const results: ChapterResult[] = [];
  for (const [index, chapter] of chapters.slice(0, arguments_.chapter).entries()) {
    story.console.chapter(index + 1, chapter.title, chapter.text);
    const result = await chapter.play(story, results);
    story.console.result(result.decision === 'live' || result.decision === 'written' ? 'pass' : 'note', `${result.decision}: ${result.text}`);
    results.push(result);
  }
  story.console.say(`\n${summaryTable(story.journal, results)}`);
  if (arguments_.json) process.stdout.write(`${finalLine(story.journal, results)}\n`);
  return failedRequests(story.journal) === 0 ? 0 : 1;
}

/** Everything but the lock, which this process holds. */
async function forget(folder: string, lock: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (path !== lock) await rm(path, { recursive: true, force: true });
  }
}

function explain(error: unknown): string {
  if (error instanceof UserError) return `error ${error.code}: ${error.message}${error.hint === undefined ? '' : `\n  ${error.hint}`}`;
  if (error instanceof Error && error.name === 'StepFailed') return `error: ${error.message}`;
  return error instanceof Error ? `unexpected: ${error.stack ?? error.message}` : String(error);
}

// Ctrl-C ends bundles and pods with this process; the journal lets the next start go on.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    process.stdout.write('\nStopped. The same command goes on from here.\n');
    process.exit(130);
  });
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`\n${explain(error)}\n`);
  return 1;
});
