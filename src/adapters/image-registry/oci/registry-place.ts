import { UserError } from '../../../errors.ts';

/** A repository of a registry, e.g. 123.dkr.ecr.eu-west-1.amazonaws.com/delay-ml. */
export interface RegistryPlace {
  /** As written in manifests. */
  readonly repository: string;
  /** Host and port as the reference names them: what credentials are kept under. */
  readonly host: string;
  /** Where requests go: https://host, or http://host. */
  readonly origin: string;
  /** The repository's name within the registry. */
  readonly name: string;
}

/** Host, an optional port, and a name of lower-case components (distribution-spec 1.1). */
export const repositoryPattern = /^(?<host>localhost(?::\d{1,5})?|\[[0-9a-f:]+\](?::\d{1,5})?|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d{1,5})?|[A-Za-z0-9-]+:\d{1,5})\/(?<name>[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)$/;

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/;

/**
 * Plain http only for this machine itself, or where the pipeline says `insecure: true`.
 * @throws UserError input-invalid
 */
export function parseRepository(repository: string, { insecure }: { readonly insecure: boolean }): RegistryPlace {
  const { host, name } = repositoryPattern.exec(repository)?.groups ?? {};
  if (host === undefined || name === undefined || name.length > 255) {
    throw new UserError('input-invalid', `"${repository}" is no repository; allowed: host[:port]/name, the name in lower case, e.g. registry.example.com/delay-ml`, {
      hint: 'Write the host of the registry and the name of the repository, without tag and digest.',
    });
  }
  const scheme = insecure || loopback.test(host) ? 'http' : 'https';
  // The one registry whose name is not its address.
  const address = host === 'docker.io' ? 'registry-1.docker.io' : host;
  return { repository, host, origin: `${scheme}://${address}`, name: host === 'docker.io' && !name.includes('/') ? `library/${name}` : name };
}
