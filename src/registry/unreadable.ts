import { type ErrorCode, UserError } from '../errors.ts';

const codes: readonly ErrorCode[] = ['artifact-corrupt', 'artifact-layout', 'artifact-missing'];

/** An artefact that is cut, changed or gone: asked again, the store gives the same. */
export function isUnreadable(error: unknown): error is UserError {
  return error instanceof UserError && codes.includes(error.code);
}
