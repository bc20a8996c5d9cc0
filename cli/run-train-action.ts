import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { workflowLine } from './workflow-line.ts';

const repository = resolve(import.meta.dirname, '..');

/**
 * The train action in a process of its own, as a runner starts it. It ends with this process, however that ends: when this one is killed
 * so that it cannot say so, the action finds its output closed.
 * @returns its exit code
 */
export function runTrainAction(inputs: Readonly<Record<string, string | number | undefined>>, tell: (line: string) => void): Promise<number> {
  const given = Object.entries(inputs).flatMap(([name, value]) => (value === undefined ? [] : [[`INPUT_${name.toUpperCase()}`, String(value)] as const]));
  const child = spawn(process.execPath, [join(repository, 'actions/train/main.ts')], { cwd: repository, env: { ...process.env, GITHUB_WORKSPACE: repository, ...Object.fromEntries(given) }, stdio: ['ignore', 'pipe', 'inherit'] });
  // Signals that end this process do so by process.exit, after the work directory is removed: this is run then, too.
  const end = (): void => void child.kill('SIGTERM');
  process.once('exit', end);
  createInterface({ input: child.stdout }).on('line', (line) => {
    const told = workflowLine(line);
    if (told !== undefined) tell(told);
  });
  return new Promise((settle, fail) => {
    child.once('error', fail);
    child.once('close', (code, signal) => {
      process.off('exit', end);
      if (signal !== null) tell(`the worker was ended by ${signal}; begun again, the study goes on`);
      settle(code ?? 1);
    });
  });
}
