import type { z } from 'zod';
import type { Terminal } from './terminal.ts';

/** Options as people write them: every member reads a text, but for flags (`meta({ flag: true })`), which read true or false. */
export type OptionSchema = z.ZodObject<Record<string, z.ZodType>>;

/** One command of the terminal. */
export interface Command<Schema extends OptionSchema = OptionSchema> {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** The words that are no options, as help shows them, e.g. `<snapshot or file>`; empty where there are none. */
  readonly words: { readonly usage: string; readonly minimum: number; readonly maximum: number };
  readonly options: Schema;
  readonly examples: readonly string[];
  /** The exit code: 0 where all is well. */
  readonly run: (given: { readonly options: z.output<Schema>; readonly words: readonly string[] }, terminal: Terminal) => Promise<number>;
}

/** Keeps the schema's own type within, while the table of commands holds them all alike. */
export function defineCommand<Schema extends OptionSchema>(command: Command<Schema>): Command {
  // The options that `run` gets are parsed by this very schema.
  return command;
}
