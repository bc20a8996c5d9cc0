import { UserError } from '../../../errors.ts';

/** Errors of the AWS SDK are known by their names. */
export function isNamed(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

const denials = /AccessDenied|UnrecognizedClient|ExpiredToken|InvalidSignature|InvalidClientToken|CredentialsProvider|NotAuthorized/;

/** @param what repository and operation */
export function ecrError(what: string, error: unknown): UserError {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const said = `${what}: ${name}: ${message.replace(/[\p{C}\s]+/gu, ' ').slice(0, 300)}`;
  if (denials.test(name)) {
    return new UserError('image-registry-denied', said, { hint: 'Check the AWS credentials of the job and that its role may use the repository (deploy/terraform names the actions).', cause: error });
  }
  if (name === 'LayersNotFoundException') return new UserError('image-missing', said, { hint: 'A clean-up took a layer away. Run register again: it pushes what is missing.', cause: error });
  if (name === 'RepositoryNotFoundException') return new UserError('image-repository-missing', said, { hint: 'Create the repository, or correct its name in pipeline.yaml.', cause: error });
  return new UserError('image-registry-unavailable', said, { hint: 'Check region and endpoint in pipeline.yaml, and run the step again.', cause: error });
}
