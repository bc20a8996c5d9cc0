import { getExecOutput } from '@actions/exec';
import { UserError } from '../errors.ts';
import type { CommandOptions, CommandResult, CommandRunner } from '../ports/command-runner.ts';

/** Programs run without a shell and in silence: what they print is data, and the log is not the place for it. */
export const execCommandRunner: CommandRunner = {
  async run(program: string, arguments_: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    try {
      return await getExecOutput(quoteProgram(program), [...arguments_], {
        silent: true,
        ignoreReturnCode: true,
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        ...(options.env === undefined ? {} : { env: { ...currentEnvironment(), ...options.env } }),
        ...(options.input === undefined ? {} : { input: Buffer.from(options.input) }),
      });
    } catch (cause) {
      if (!(cause instanceof Error) || !cause.message.startsWith('Unable to locate executable file')) throw cause;
      throw new UserError('program-missing', `${program} is not on the PATH`, { hint: `Install ${program} on the runner.`, cause });
    }
  },
};

/** The first argument of exec is a command line: a program's path with blanks must be quoted. */
function quoteProgram(program: string): string {
  return program.includes(' ') ? `"${program}"` : program;
}

function currentEnvironment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
