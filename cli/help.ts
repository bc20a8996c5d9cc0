import { z } from 'zod';
import type { Command } from './command.ts';
import { isFlag } from './parse-arguments.ts';
import { textTable } from './terminal.ts';

export function overallHelp(commands: readonly Command[]): string {
  return [
    'npm run taxiway -- <command> [options]',
    '',
    textTable(commands.map(({ name, summary }) => [`  ${name}`, summary])),
    '',
    'npm run taxiway -- <command> --help says more about one of them.',
  ].join('\n');
}

/** Read from the schema that parses the options, so that it cannot contradict it. */
export function commandHelp({ name, summary, words, options, examples }: Command): string {
  const { properties = {} } = z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' });
  const rows = Object.entries(options.shape).map(([option, member]) => {
    const property = properties[option];
    const standard = typeof property === 'object' && typeof property.default === 'string' ? ` (default: ${property.default})` : '';
    return [`  --${option}${isFlag(member) ? '' : ' …'}`, `${member.description ?? ''}${standard}`];
  });
  return [
    `npm run taxiway -- ${name}${words.usage === '' ? '' : ` ${words.usage}`} [options]`,
    '',
    summary,
    '',
    textTable([...rows, ['  --help', 'This text']]),
    '',
    ...examples.map((example) => `  npm run taxiway -- ${example}`),
  ].join('\n');
}
