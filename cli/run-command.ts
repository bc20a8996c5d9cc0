import { inspect } from 'node:util';
import { UserError } from '../src/errors.ts';
import { nearest } from '../src/pipeline/nearest.ts';
import type { Command } from './command.ts';
import { explainCommand } from './commands/explain.ts';
import { historyCommand } from './commands/history.ts';
import { mirrorCommand } from './commands/mirror.ts';
import { profileCommand } from './commands/profile.ts';
import { pruneCommand } from './commands/prune.ts';
import { suggestCommand } from './commands/suggest.ts';
import { tuneCommand } from './commands/tune.ts';
import { validateCommand } from './commands/validate.ts';
import { commandHelp, overallHelp } from './help.ts';
import { parseArguments } from './parse-arguments.ts';
import type { Terminal } from './terminal.ts';

const commands: readonly Command[] = [suggestCommand, profileCommand, explainCommand, validateCommand, tuneCommand, historyCommand, mirrorCommand, pruneCommand];

/** One command from its words; every mistake becomes a line for people. @returns the exit code */
export async function runCommand([name, ...rest]: readonly string[], terminal: Terminal): Promise<number> {
  try {
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      terminal.print(overallHelp(commands));
      return name === undefined ? 1 : 0;
    }
    const command = commands.find((candidate) => candidate.name === name);
    if (command === undefined) throw unknownCommand(name);
    const parsed = parseArguments(command, rest);
    if (!parsed.help) return await command.run(parsed, terminal);
    terminal.print(commandHelp(command));
    return 0;
  } catch (error) {
    terminal.note(describeFailure(error));
    return 1;
  }
}

function unknownCommand(name: string): UserError {
  const names = commands.map((command) => command.name);
  const near = nearest(name, names);
  return new UserError('input-invalid', `there is no command "${name}"; ${near.length > 0 ? `did you mean ${near.join(' or ')}?` : `commands: ${names.join(', ')}`}`, { hint: 'npm run taxiway -- --help' });
}

function describeFailure(error: unknown): string {
  if (error instanceof UserError) return [`${error.code}: ${error.message}`, ...(error.hint === undefined ? [] : [`  ${error.hint}`])].join('\n');
  return `This is a bug in Taxiway. Please report it with these lines:\n${inspect(error)}`;
}
