import type { NativeModuleName } from '../ports/native-modules.ts';
import type { InputSchema } from './read-inputs.ts';

/** What action.yml says about an action; action.yml and the README's tables are generated from it. */
export interface ActionDefinition<Schema extends InputSchema = InputSchema, OutputName extends string = string> {
  /** Folder under actions/ and name in the verdict. */
  readonly step: string;
  /** One sentence. */
  readonly description: string;
  readonly inputs: Schema;
  /** Name → description, beside `verdict` and `verdict-path`, which every action has. */
  readonly outputs: Readonly<Record<OutputName, string>>;
  /** The native modules the step needs; found, or installed, before it starts. */
  readonly native: readonly NativeModuleName[];
}

export const sharedOutputs = {
  verdict: 'pass, fail or inconclusive',
  'verdict-path': 'Path of verdict.json',
} as const;

/** Keeps the schema's and the outputs' own types. */
export function defineAction<Schema extends InputSchema, OutputName extends string>(
  definition: ActionDefinition<Schema, OutputName>,
): ActionDefinition<Schema, OutputName> {
  return definition;
}
