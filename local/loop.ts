import { join } from 'node:path';
import { UserError } from '../src/errors.ts';
import { parseLoopArguments, usage } from './arguments.ts';
import { yearPlan } from './plan.ts';
import { runLoop } from './run-loop.ts';

const repository = join(import.meta.dirname, '..');

async function main(): Promise<number> {
  const arguments_ = parseLoopArguments(process.argv.slice(2));
  if (arguments_.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  return runLoop({
    folder: join(repository, '.taxiway', 'loop'),
    plan: yearPlan,
    reportFolder: join(repository, 'report'),
    pipelineFolder: join(repository, 'pipelines', 'flight-delay'),
    arguments: arguments_,
    terminal: process.stdout,
  });
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
