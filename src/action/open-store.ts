import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FileArtifactStore } from '../adapters/artifact-store/file.ts';
import { S3ArtifactStore } from '../adapters/artifact-store/s3.ts';
import { parseS3Location } from '../adapters/s3/s3-location.ts';
import { UserError } from '../errors.ts';
import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';
import type { PrunableArtifactStore } from '../ports/artifact-store.ts';

/** URI scheme → store. */
const stores: Readonly<Record<string, (uri: URL, choice: { readonly text: string; readonly workDirectory: string | undefined }) => PrunableArtifactStore>> = {
  'file:': (uri) => new FileArtifactStore(fileURLToPath(uri)),
  's3:': (_uri, { text, workDirectory }) => new S3ArtifactStore(parseS3Location(text, 'store'), { cacheFolder: oneFolder(workDirectory) }),
};

export interface StoreChoice {
  /** The input `store`. */
  readonly given: string | undefined;
  readonly environment: string | undefined;
  readonly definition: PipelineDefinition;
  /** Where objects of a distant store are kept while the step runs; without it, in the runner's temporary folder. */
  readonly workDirectory?: string;
}

/** The input `store`, else that of the environment. @throws UserError input-invalid */
export function openStore({ given, environment, definition, workDirectory }: StoreChoice): PrunableArtifactStore {
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
    throw new UserError('input-invalid', `store is "${text}"; allowed: ${known.join(', ')}`, { hint: 'Write the whole URI, e.g. file:///srv/taxiway or s3://bucket/taxiway.' });
  }
  if (uri.protocol === 'file:' && uri.host !== '') {
    throw new UserError('input-invalid', `store is "${text}"; a file URI has three slashes: file:///…`, { hint: 'Add the missing slash.' });
  }
  if (uri.protocol === 'file:' && /%2f|%00/i.test(uri.pathname)) {
    throw new UserError('input-invalid', `store is "${text}"; the path of a file URI cannot hold %2F or %00`, { hint: 'Write the slash itself.' });
  }
  return open(uri, { text, workDirectory });
}

/** A new folder, made when it is first asked for. */
function oneFolder(workDirectory: string | undefined): () => string {
  let folder: string | undefined;
  return () => {
    folder ??= mkdtempSync(join(workDirectory ?? process.env['RUNNER_TEMP'] ?? tmpdir(), 'store-'));
    return folder;
  };
}
