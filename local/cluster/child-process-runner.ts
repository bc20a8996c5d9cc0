import { spawn } from 'node:child_process';
import type { CommandRunner } from '../../src/ports/command-runner.ts';

/** Runs programs as child processes, without a shell; for the embedded environment, which runs outside any action. */
export const childProcessRunner: CommandRunner = {
  run: (program, arguments_, options = {}) =>
    new Promise((resolve, reject) => {
      const child = spawn(program, arguments_, { cwd: options.cwd, env: { ...process.env, ...options.env }, stdio: ['pipe', 'pipe', 'pipe'] });
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
      child.on('error', reject);
      child.on('close', (code) => resolve({ exitCode: code ?? 1, stdout: Buffer.concat(stdout).toString('utf8'), stderr: Buffer.concat(stderr).toString('utf8') }));
      // A program that ends without reading its input is judged by its exit code.
      child.stdin.on('error', () => undefined);
      child.stdin.end(options.input);
    }),
};
