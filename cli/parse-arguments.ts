import { parseArgs } from 'node:util';
import type { z } from 'zod';
import { UserError } from '../src/errors.ts';
import { nearest } from '../src/pipeline/nearest.ts';
import type { Command, OptionSchema } from './command.ts';

export type ParsedArguments<Schema extends OptionSchema> = { readonly help: true } | { readonly help: false; readonly options: z.output<Schema>; readonly words: readonly string[] };

/** @throws UserError input-invalid, one line per mistake */
export function parseArguments<Schema extends OptionSchema>(command: Command<Schema>, argv: readonly string[]): ParsedArguments<Schema> {
  const hint = `npm run taxiway -- ${command.name} --help`;
  const { values, words } = readArguments(command, argv);
  if (values['help'] === true) return { help: true };
  const parsed = command.options.safeParse(values);
  if (!parsed.success) {
    const mistakes = parsed.error.issues.map((issue) => {
      const name = String(issue.path[0] ?? '');
      const value = values[name];
      return value === undefined ? `option --${name} is missing: ${command.options.shape[name]?.description ?? issue.message}` : `option --${name} is "${String(value)}", which is not allowed: ${issue.message}`;
    });
    throw new UserError('input-invalid', mistakes.join('\n'), { hint });
  }
  const { minimum, maximum, usage } = command.words;
  if (words.length < minimum) throw new UserError('input-invalid', `${command.name} needs ${usage}`, { hint });
  if (words.length > maximum) {
    const allowed = maximum === 0 ? 'options only' : usage;
    throw new UserError('input-invalid', `"${words[maximum] ?? ''}" is one word too many; allowed: ${allowed}`, { hint: maximum === 0 ? hint : 'Quote a name with blanks or wildcards.' });
  }
  return { help: false, options: parsed.data, words };
}

function readArguments(command: Command, argv: readonly string[]): { values: Readonly<Record<string, string | boolean | undefined>>; words: readonly string[] } {
  const options = Object.fromEntries(Object.entries(command.options.shape).map(([name, member]) => [name, { type: isFlag(member) ? ('boolean' as const) : ('string' as const) }]));
  const known = { ...options, help: { type: 'boolean' as const, short: 'h' } };
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options: known, allowPositionals: true });
    // A list never comes out: no option may be repeated into one.
    return { values: values, words: positionals };
  } catch (cause) {
    throw new UserError('input-invalid', describeMistake(cause, Object.keys(known)), { hint: `npm run taxiway -- ${command.name} --help`, cause });
  }
}

function describeMistake(cause: unknown, known: readonly string[]): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const unknown = /^Unknown option '--?([^']+)'/.exec(message)?.[1];
  const all = known.map((name) => `--${name}`).join(', ');
  if (unknown === undefined) return `${message.split('\n')[0]?.replace(/\.$/, '') ?? message}; options: ${all}`;
  const near = nearest(unknown, known).map((name) => `--${name}`);
  return `there is no option --${unknown}; ${near.length > 0 ? `did you mean ${near.join(' or ')}?` : `options: ${all}`}`;
}

export function isFlag(member: z.ZodType): boolean {
  return member.meta()?.['flag'] === true;
}
