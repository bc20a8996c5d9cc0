import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoopPlan } from '../../local/plan.ts';
import { runLoop } from '../../local/run-loop.ts';

/** The story in small: half as many rows to learn from, one week of traffic, the bad release on the first version. */
export const shortPlan: LoopPlan = {
  firstModelAt: '2013-04-02T12:00:00.000Z',
  summer: { from: '2013-04-01', to: '2013-04-08' },
  outage: { from: '2013-04-08', to: '2013-04-08' },
  badReleaseAt: '2013-04-20T12:00:00.000Z',
};

const trainingWindow = `fit: { from: 2013-01-20, to: 2013-03-01 }
calibrate: { from: 2013-03-01, to: 2013-03-16 }
test: { from: 2013-03-16, to: 2013-04-01 }
`;

const repository = join(import.meta.dirname, '..', '..');

/** The pipeline of the repository with a shorter training window. */
export async function writeShortPipeline(folder: string): Promise<string> {
  const pipelineFolder = join(folder, 'pipeline');
  await cp(join(repository, 'pipelines', 'flight-delay'), pipelineFolder, { recursive: true });
  await writeFile(join(pipelineFolder, 'training-window.yaml'), trainingWindow);
  return pipelineFolder;
}

export interface ShortLoop {
  readonly folder: string;
  readonly pipelineFolder: string;
  readonly chapter: number;
  readonly write: (text: string) => void;
}

export function runShortLoop({ folder, pipelineFolder, chapter, write }: ShortLoop): Promise<number> {
  return runLoop({
    folder: join(folder, 'loop'),
    reportFolder: join(folder, 'report'),
    plan: shortPlan,
    pipelineFolder,
    arguments: { chapter, fresh: false, json: true, port: 0 },
    terminal: { write },
  });
}

// Started as a program: the test that kills it at every step.
if (process.argv[1] === import.meta.filename) {
  const [, , folder = '', pipelineFolder = '', chapter = '1'] = process.argv;
  process.exitCode = await runShortLoop({ folder, pipelineFolder, chapter: Number(chapter), write: (text) => process.stdout.write(text) });
}
