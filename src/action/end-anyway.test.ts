import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const subject = fileURLToPath(new URL('end-anyway.ts', import.meta.url));

async function exitCodeOf(script: string): Promise<unknown> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', `const { endAnyway } = await import(${JSON.stringify(subject)}); ${script}`], { stdio: 'ignore' });
  return (await once(child, 'exit'))[0];
}

it('ends a process that something left behind would hold for ever, with the exit code that was set', async () => {
  expect(await exitCodeOf("(await import('node:net')).createServer().listen(0, '127.0.0.1'); process.exitCode = 3; endAnyway(1);")).toBe(3);
});

it('holds no process that has nothing left to do', async () => {
  expect(await exitCodeOf('endAnyway(3_600_000);')).toBe(0);
});
