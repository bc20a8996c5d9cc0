import { fileURLToPath } from 'node:url';
import { FileArtifactStore } from '../adapters/artifact-store/file.ts';
import { UserError } from '../errors.ts';
import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';

/** URI scheme → store. */
const stores: Readonly<Record<string, (uri: URL) => ArtifactStore>> = {
  'file:': (uri) => new FileArtifactStore(fileURLToPath(uri)),
};

export interface StoreChoice {
  /** The input `store`. */
  readonly given: string | undefined;
  readonly environment: string | undefined;
  readonly definition: PipelineDefinition;
}

/** The input `store`, else that of the environment. @throws UserError input-invalid */
export function openStore({ given, environment, definition }: StoreChoice): ArtifactStore {
  const text = given ?? (environment === undefined ? undefined : definition.environments[environment]?.store);
  const known = Object.keys(stores).map((scheme) => `${scheme}//…`);
  if (text === undefined) {
    throw new UserError('input-invalid', 'input "store" is missing, and the environment names no store either', {
      hint: `Pass ${known.join(' or ')}, or set store in pipeline.yaml under environments.`,
    });
  }
  const uri = URL.parse(text);
  const open = uri === null ? undefined : stores[uri.protocol];
  if (uri === null || open === undefined) {
    throw new UserError('input-invalid', `store is "${text}"; allowed: ${known.join(', ')}`, { hint: 'Write the whole URI, e.g. file:///srv/taxiway.' });
  }
  if (uri.protocol === 'file:' && uri.host !== '') {
    throw new UserError('input-invalid', `store is "${text}"; a file URI has three slashes: file:///…`, { hint: 'Add the missing slash.' });
  }
  if (uri.protocol === 'file:' && /%2f|%00/i.test(uri.pathname)) {
    throw new UserError('input-invalid', `store is "${text}"; the path of a file URI cannot hold %2F or %00`, { hint: 'Write the slash itself.' });
  }
  return open(uri);
}
