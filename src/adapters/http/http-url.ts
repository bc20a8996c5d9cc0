import { UserError } from '../../errors.ts';

/**
 * The URL of a service. User and password in it are refused: they would stand in every log.
 * @param what names the source in the error
 * @throws UserError input-invalid
 */
export function httpUrl(text: string, what: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === '') return url;
  throw new UserError('input-invalid', `${what}: its endpoint is no plain http or https URL; allowed: https://host/path, without user and password`, {
    hint: 'Correct the endpoint of the source in pipeline.yaml.',
  });
}
