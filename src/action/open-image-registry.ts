import { homedir } from 'node:os';
import { EcrImageRegistry } from '../adapters/image-registry/ecr/ecr.ts';
import { OciLayoutImageRegistry } from '../adapters/image-registry/oci-layout.ts';
import { OciImageRegistry } from '../adapters/image-registry/oci/oci.ts';
import { findRegistryCredentials } from '../adapters/image-registry/oci/registry-credentials.ts';
import { parseRepository } from '../adapters/image-registry/oci/registry-place.ts';
import { assertNever } from '../errors.ts';
import type { ImageRegistrySection } from '../pipeline/schema/delivery.ts';
import type { Clock } from '../ports/clock.ts';
import type { ImageRegistry } from '../ports/image-registry.ts';

export interface ImageRegistryChoice {
  readonly section: ImageRegistrySection;
  /** Of the layout: its folder, asked for only then, and the name in manifests. */
  readonly layout: { readonly folder: () => string; readonly repository: string };
  readonly clock: Clock;
}

export function imageRegistryOf({ section, layout, clock }: ImageRegistryChoice): ImageRegistry {
  switch (section.type) {
    case 'oci-layout':
      return new OciLayoutImageRegistry({ folder: layout.folder(), repository: layout.repository });
    case 'oci':
      return ociRegistry(section.repository, { insecure: section.insecure ?? false, environment: process.env });
    case 'ecr':
      return new EcrImageRegistry({ repository: section.repository, region: section.region, clock, ...(section.endpoint === undefined ? {} : { endpoint: section.endpoint }) });
    default:
      return assertNever(section);
  }
}

/**
 * Where the serving base lies. The environment's own registry where it is that, so that ECR's token serves both; another registry sees only
 * what docker login wrote for it, never the variables that were set for the environment's.
 */
export function baseRegistryOf(repository: string, choice: ImageRegistryChoice): ImageRegistry {
  const { section } = choice;
  const host = parseRepository(repository, { insecure: false }).host;
  if (section.type !== 'oci-layout' && parseRepository(section.repository, { insecure: false }).host === host) {
    return imageRegistryOf({ ...choice, section: { ...section, repository } });
  }
  return ociRegistry(repository, { insecure: false, environment: { DOCKER_CONFIG: process.env['DOCKER_CONFIG'] } });
}

function ociRegistry(repository: string, options: { readonly insecure: boolean; readonly environment: Readonly<Record<string, string | undefined>> }): ImageRegistry {
  const { host } = parseRepository(repository, options);
  const credentials = () => findRegistryCredentials(host, { environment: options.environment, home: homedir() });
  return new OciImageRegistry({ repository, insecure: options.insecure, credentials });
}
