import { spawn } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Verdict, verdictSchema } from '../src/verdict/verdict.ts';
import type { Console } from './console.ts';

export interface ActionCall {
  readonly action: string;
  /** The checkout the runner would be in. */
  readonly workspace: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** Where the verdict, the summary and the log of this call are kept. */
  readonly recordFolder: string;
  readonly console: Console;
  /** Folder for Node's compiled code. */
  readonly compileCache: string;
}

export interface ActionOutcome {
  readonly exitCode: number;
  readonly outputs: Readonly<Record<string, string>>;
  readonly verdict: Verdict | undefined;
  /** The bundle's error lines, as the runner would show them. */
  readonly errors: readonly string[];
}

const repository = join(import.meta.dirname, '..');

/**
 * Runs one bundle the way GitHub's runner does: its own process, inputs in the environment, outputs read back from the output file.
 * The environment is built from nothing, so that a bundle cannot lean on the shell it was started from.
 */
export async function runAction(call: ActionCall): Promise<ActionOutcome> {
  await rm(call.recordFolder, { recursive: true, force: true });
  await mkdir(join(call.recordFolder, 'temp'), { recursive: true });
  const outputFile = join(call.recordFolder, 'output');
  const summaryFile = join(call.recordFolder, 'summary.md');
  const verdictFile = join(call.recordFolder, 'verdict.json');
  await Promise.all([writeFile(outputFile, ''), writeFile(summaryFile, '')]);
  const environment = {
    ...inherited(['PATH', 'HOME', 'LANG', 'TMPDIR', 'SYSTEMROOT', 'USERPROFILE']),
    ...Object.fromEntries(Object.entries({ ...call.inputs, 'verdict-path': verdictFile }).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
    GITHUB_WORKSPACE: call.workspace,
    GITHUB_OUTPUT: outputFile,
    GITHUB_STEP_SUMMARY: summaryFile,
    RUNNER_TEMP: join(call.recordFolder, 'temp'),
    // A hundred bundle starts: what Node has compiled once, it need not compile again.
    NODE_COMPILE_CACHE: call.compileCache,
  };
  const { exitCode, errors } = await execute(call, environment);
  const outputs = parseOutputs(await readFile(outputFile, 'utf8'));
  await rm(join(call.recordFolder, 'temp'), { recursive: true, force: true });
  return { exitCode, outputs, verdict: await readVerdict(verdictFile), errors };
}

async function execute(call: ActionCall, environment: Record<string, string>): Promise<{ exitCode: number; errors: string[] }> {
  const child = spawn(process.execPath, [join(repository, 'actions', call.action, 'dist', 'index.js')], {
    cwd: call.workspace,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const errors: string[] = [];
  const read = async (stream: NodeJS.ReadableStream): Promise<void> => {
    for await (const line of createInterface({ input: stream })) {
      lines.push(line);
      if (line.startsWith('::error')) errors.push(unescape(line.replace(/^::error[^:]*::/, '')));
      else if (!line.startsWith('::')) call.console.status(`${call.action}: ${line}`);
    }
  };
  const closed = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? (signal === null ? 1 : 130)));
  });
  const [exitCode] = await Promise.all([closed, read(child.stdout), read(child.stderr)]);
  await writeFile(join(call.recordFolder, 'log.txt'), `${lines.join('\n')}\n`);
  return { exitCode, errors };
}

/** Workflow commands escape these three characters. */
function unescape(text: string): string {
  return text.replaceAll('%0A', '\n').replaceAll('%0D', '\r').replaceAll('%25', '%');
}

function inherited(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}

/** The runner's output file: `name=value`, or `name<<delimiter`, lines, `delimiter`. */
export function parseOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const block = /^([^=<]+)<<(.+)$/.exec(line);
    if (block?.[1] !== undefined && block[2] !== undefined) {
      const end = lines.indexOf(block[2], index + 1);
      outputs[block[1]] = lines.slice(index + 1, end).join('\n');
      index = end;
    } else if (line.includes('=')) {
      outputs[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1);
    }
  }
  return outputs;
}

async function readVerdict(path: string): Promise<Verdict | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : verdictSchema.parse(JSON.parse(text));
}
