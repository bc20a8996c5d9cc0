import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeDigest } from '../src/action/code-digest.ts';
import { loadPipeline } from '../src/pipeline/load-pipeline.ts';
import type { LoopArguments } from './arguments.ts';
import { badRelease } from './chapters/bad-release.ts';
import type { ChapterResult } from './chapters/chapter.ts';
import { firstModel } from './chapters/first-model.ts';
import { outage } from './chapters/outage.ts';
import { report } from './chapters/report.ts';
import { summer } from './chapters/summer.ts';
import { demandFreePort } from './cluster/listen.ts';
import { createConsole, type Terminal } from './console.ts';
import { takeLoopLock } from './loop-lock.ts';
import { demandFlights } from './feed.ts';
import { type LoopPaths, loopPaths } from './paths.ts';
import type { LoopPlan } from './plan.ts';
import { type RunningStory, startStory } from './start-story.ts';
import { failedRequests, finalLine, summaryTable } from './summary.ts';

const repository = join(import.meta.dirname, '..');

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

export interface LoopOptions {
  /** Where the embedded environment lies. */
  readonly folder: string;
  readonly plan: LoopPlan;
  /** Where index.html is written. */
  readonly reportFolder: string;
  /** The folder of pipeline.yaml that the story begins with. */
  readonly pipelineFolder: string;
  readonly arguments: Omit<LoopArguments, 'help'>;
  readonly terminal: Terminal;
}

/**
 * Plays the story from where its journal ends.
 * @returns the exit code: 0 where no request failed
 * @throws UserError loop-running, port-in-use, pipeline-missing, pipeline-invalid
 */
export async function runLoop({ folder, plan, reportFolder, pipelineFolder, arguments: arguments_, terminal }: LoopOptions): Promise<number> {
  const paths = loopPaths(folder);
  const unlock = await takeLoopLock(paths.lock);
  try {
    // What would stop the start is found before anything is forgotten.
    await demandFreePort(arguments_.port);
    const pipeline = await loadPipeline(join(pipelineFolder, 'pipeline.yaml'));
    await demandFlights();
    const cast: Cast = { code: await codeDigest(join(repository, 'actions/train/dist/index.js')), pipeline: pipeline.digest };
    const other = await playedByOthers(paths, cast);
    if (other && !arguments_.fresh) terminal.write(`What lies under ${paths.root} was played by other code or under another pipeline file: beginning again.\n`);
    if (other || arguments_.fresh) await forget(paths.root, paths.lock);
    await writeFile(paths.cast, JSON.stringify(cast));
    const console = createConsole(terminal, () => performance.now());
    const story = await startStory({ paths, plan, reportFolder, pipelineFolder, console, port: arguments_.port });
    try {
      const results = await playChapters(story, arguments_);
      if (arguments_.json) terminal.write(`${finalLine(story.journal, results)}\n`);
      return failedRequests(story.journal) === 0 ? 0 : 1;
    } finally {
      await story.stop();
    }
  } finally {
    await unlock();
  }
}

async function playChapters(story: RunningStory, { chapter: last }: LoopOptions['arguments']): Promise<ChapterResult[]> {
  story.console.say(`The service answers at ${story.serviceUrl}; everything lies under ${story.paths.root}`);
  const results: ChapterResult[] = [];
  for (const [index, chapter] of chapters.slice(0, last).entries()) {
    story.console.chapter(index + 1, chapter.title, chapter.text);
    const result = await chapter.play(story, results);
    story.console.result(result.decision === 'live' || result.decision === 'written' ? 'pass' : 'note', `${result.decision}: ${result.text}`);
    results.push(result);
  }
  story.console.say(`\n${summaryTable(story.journal, results)}`);
  return results;
}

/** Who plays a story: half of it by one release and half by another would be nobody's. */
interface Cast {
  readonly code: string;
  readonly pipeline: string;
}

async function playedByOthers({ journal, cast }: LoopPaths, present: Cast): Promise<boolean> {
  if (!existsSync(journal)) return false;
  return !existsSync(cast) || (await readFile(cast, 'utf8')) !== JSON.stringify(present);
}

/** Everything but the lock, which this process holds. */
async function forget(folder: string, lock: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (path !== lock) await rm(path, { recursive: true, force: true });
  }
}
