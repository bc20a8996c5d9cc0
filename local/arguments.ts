import { parseArgs } from 'node:util';
import { UserError } from '../src/errors.ts';

export interface LoopArguments {
  /** The last chapter to run. */
  readonly chapter: number;
  readonly fresh: boolean;
  readonly json: boolean;
  /** Port of the front that callers use; 0 picks a free one. */
  readonly port: number;
  readonly help: boolean;
}

export const lastChapter = 5;

export const usage = `npm run loop -- [--chapter N] [--fresh] [--port N] [--json]

Runs the whole life of the flight-delay model on this machine, on real flights of 2013.
Stopped and started again, it goes on where it was.

  --chapter N  stop after chapter N (1 first model, 2 summer, 3 outage, 4 bad release, 5 report)
  --fresh      forget everything under .taxiway/loop and begin again
  --port N     port of the service on 127.0.0.1 (default: a free one)
  --json       end with one line for machines`;

/** @throws UserError input-invalid */
export function parseLoopArguments(argv: readonly string[]): LoopArguments {
  const values = readOptions(argv);
  return {
    chapter: wholeNumber('--chapter', values.chapter ?? String(lastChapter), { minimum: 1, maximum: lastChapter }),
    fresh: values.fresh ?? false,
    json: values.json ?? false,
    port: wholeNumber('--port', values.port ?? '0', { minimum: 0, maximum: 65_535 }),
    help: values.help ?? false,
  };
}

interface Options {
  readonly chapter?: string | undefined;
  readonly fresh?: boolean | undefined;
  readonly json?: boolean | undefined;
  readonly port?: string | undefined;
  readonly help?: boolean | undefined;
}

function readOptions(argv: readonly string[]): Options {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        chapter: { type: 'string' },
        fresh: { type: 'boolean' },
        json: { type: 'boolean' },
        port: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.split('.')[0] : String(cause);
    throw new UserError('input-invalid', `${message ?? ''}; options: --chapter, --fresh, --port, --json, --help`, { hint: 'npm run loop -- --help', cause });
  }
}

function wholeNumber(name: string, text: string, bounds: { minimum: number; maximum: number }): number {
  const value = Number(text);
  if (Number.isInteger(value) && text.trim() !== '' && value >= bounds.minimum && value <= bounds.maximum) return value;
  throw new UserError('input-invalid', `${name} is "${text}"; allowed: a whole number from ${bounds.minimum} to ${bounds.maximum}`, {
    hint: 'npm run loop -- --help',
  });
}
