/**
 * Every error a user can cause or mend. Anything thrown that is not a UserError is a bug in Taxiway.
 * The catalogue is mirrored in docs/errors.md (generated).
 */
export const errorCatalogue = {
  'artifact-corrupt': 'A stored file does not have the SHA-256 it is named by.',
  'artifact-missing': 'A digest names nothing in the artefact store.',
  'input-invalid': 'An action input or command-line option is missing or malformed.',
  'pipeline-invalid': 'pipeline.yaml is malformed, has an unknown key or a value that is not allowed.',
  'pipeline-missing': 'No pipeline file at the given path.',
} as const satisfies Record<string, string>;

export type ErrorCode = keyof typeof errorCatalogue;

export interface UserErrorOptions {
  /** How to mend it: one sentence in the imperative. */
  readonly hint?: string;
  readonly cause?: unknown;
}

export class UserError extends Error {
  override readonly name = 'UserError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: UserErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** Closes a discriminated union: a new member fails to compile until every switch handles it. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`);
}
