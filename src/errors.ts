/**
 * Every error a user can cause or mend. Anything thrown that is not a UserError is a bug in Taxiway.
 * The catalogue is mirrored in docs/errors.md (generated).
 */
export const errorCatalogue = {
  'artifact-corrupt': 'A stored file does not have the SHA-256 it is named by.',
  'artifact-missing': 'A digest names nothing in the artefact store.',
  'column-missing': 'The rows lack a column that the pipeline or the model names.',
  'engine-unavailable': 'The training engine, or a device it was told to use, cannot be used here.',
  'input-invalid': 'An action input or command-line option is missing or malformed.',
  'model-invalid': 'A file is not an ONNX model that Taxiway accepts.',
  'pipeline-invalid': 'pipeline.yaml is malformed, has an unknown key or a value that is not allowed.',
  'pipeline-missing': 'No pipeline file at the given path.',
  'resume-mismatch': 'A training state belongs to other rows or another configuration.',
  'training-data-invalid': 'The rows cannot be trained on: too few, or labels that are missing or all alike.',
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
