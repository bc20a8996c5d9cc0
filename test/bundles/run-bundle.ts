import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const repository = join(import.meta.dirname, '../..');

export interface BundleCall {
  readonly action: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Ends the process by this signal once a line of its output starts with the text. */
  readonly kill?: { readonly signal: NodeJS.Signals; readonly at: string };
}

export interface BundleRun {
  readonly exitCode: number | null;
  readonly lines: readonly string[];
  readonly outputFile: string;
  readonly summary: string;
  /** The folder that stands for the runner's: temp/, workspace/. */
  readonly folder: string;
}

/** Runs a bundle in its own process as the runner would, with an environment made from nothing. */
export async function runBundle(call: BundleCall): Promise<BundleRun> {
  const folder = await mkdtemp(join(tmpdir(), 'taxiway-dist-'));
  const files = { output: join(folder, 'output'), summary: join(folder, 'summary.md'), temp: join(folder, 'temp'), workspace: join(folder, 'workspace') };
  await Promise.all([mkdir(files.temp), mkdir(files.workspace), writeFile(files.output, ''), writeFile(files.summary, '')]);
  const child = spawn(process.execPath, [join(repository, 'actions', call.action, 'dist/index.js')], {
    cwd: files.workspace,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      GITHUB_WORKSPACE: files.workspace,
      GITHUB_SHA: 'c'.repeat(40),
      GITHUB_OUTPUT: files.output,
      GITHUB_STEP_SUMMARY: files.summary,
      RUNNER_TEMP: files.temp,
      ...Object.fromEntries(Object.entries(call.inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
      ...call.environment,
    },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (call.kill !== undefined && text.split('\n').some((line) => line.startsWith(call.kill?.at ?? ''))) child.kill(call.kill.signal);
    });
  }
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  return {
    exitCode,
    lines: text.split('\n').filter((line) => line !== ''),
    outputFile: await readFile(files.output, 'utf8'),
    summary: await readFile(files.summary, 'utf8'),
    folder,
  };
}
