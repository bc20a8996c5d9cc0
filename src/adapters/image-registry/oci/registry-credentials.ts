import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../../errors.ts';
import { hasCode } from '../../artifact-store/publish-file.ts';

export interface RegistryCredentials {
  readonly username: string;
  readonly password: string;
}

/** `renew`: those given before were refused. Undefined: ask without. */
export type CredentialSource = (options: { readonly renew: boolean }) => Promise<RegistryCredentials | undefined>;

export interface CredentialPlaces {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

const dockerConfigSchema = z.object({
  auths: z.record(z.string(), z.object({ auth: z.string().optional(), username: z.string().optional(), password: z.string().optional() })).optional(),
});

/**
 * IMAGE_REGISTRY_USERNAME and IMAGE_REGISTRY_PASSWORD, else what `docker login` wrote to config.json under `auths`. Credential helpers are
 * programs and are not run: where config.json has only those, set the variables.
 * @throws UserError input-invalid, which never repeats what it found
 */
export async function findRegistryCredentials(host: string, { environment, home }: CredentialPlaces): Promise<RegistryCredentials | undefined> {
  const username = environment['IMAGE_REGISTRY_USERNAME'] ?? '';
  const password = environment['IMAGE_REGISTRY_PASSWORD'] ?? '';
  if (username !== '' && password !== '') return { username, password };
  if (username !== '' || password !== '') {
    throw new UserError('input-invalid', 'of IMAGE_REGISTRY_USERNAME and IMAGE_REGISTRY_PASSWORD one is set and one is not', { hint: 'Set both, or neither.' });
  }
  return readDockerConfig(host, join(environment['DOCKER_CONFIG'] ?? join(home, '.docker'), 'config.json'));
}

async function readDockerConfig(host: string, path: string): Promise<RegistryCredentials | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw unreadable(path, 'cannot be read');
  });
  if (text === undefined) return undefined;
  const { auths = {} } = parseConfig(path, text);
  const keys = [host, `https://${host}`, `https://${host}/`, `https://${host}/v1/`, `https://${host}/v2/`, ...(host === 'docker.io' ? ['https://index.docker.io/v1/'] : [])];
  const key = keys.find((candidate) => Object.hasOwn(auths, candidate));
  const entry = key === undefined ? undefined : auths[key];
  if (entry === undefined) return undefined;
  if (entry.username !== undefined && entry.password !== undefined) return { username: entry.username, password: entry.password };
  if (entry.auth === undefined || entry.auth === '') return undefined;
  const pair = Buffer.from(entry.auth, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 1) throw unreadable(path, `has an auth for ${host} that is not base64 of user:password`);
  return { username: pair.slice(0, colon), password: pair.slice(colon + 1) };
}

function parseConfig(path: string, text: string): z.infer<typeof dockerConfigSchema> {
  try {
    return dockerConfigSchema.parse(JSON.parse(text));
  } catch {
    // The cause may quote a password.
    throw unreadable(path, 'is not what docker login writes');
  }
}

function unreadable(path: string, what: string): UserError {
  return new UserError('input-invalid', `${path} ${what}`, { hint: 'Run docker login again, or set IMAGE_REGISTRY_USERNAME and IMAGE_REGISTRY_PASSWORD.' });
}
