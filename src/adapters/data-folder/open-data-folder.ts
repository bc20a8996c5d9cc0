import { fileURLToPath } from 'node:url';
import { UserError } from '../../errors.ts';
import { withoutCredentials } from '../http/public-url.ts';
import { parseS3Location } from '../s3/s3-location.ts';
import type { DataFolder } from './data-folder.ts';
import { LocalDataFolder } from './local.ts';
import { S3DataFolder } from './s3.ts';

const hint = 'Pass a folder, file:///… or s3://bucket/prefix as data-root, or write it in pipeline.yaml as data.root.';

/**
 * The folder that relative source paths start from.
 * @param workDirectory what has to be fetched goes into a new folder in it
 * @throws UserError input-invalid
 */
export function openDataFolder(root: string, workDirectory: string): DataFolder {
  if (root.startsWith('s3://')) return new S3DataFolder(parseS3Location(root, 'the data root'), { workDirectory });
  if (root.startsWith('file://')) return new LocalDataFolder(pathOfFileUri(root));
  if (/^[a-z][a-z0-9+.-]+:\//i.test(root) && !/^[a-z]:[\\/]/i.test(root)) {
    throw new UserError('input-invalid', `the data root is ${withoutCredentials(root)}; allowed: a folder, file:///… or s3://bucket/prefix`, { hint });
  }
  return new LocalDataFolder(root);
}

function pathOfFileUri(root: string): string {
  try {
    return fileURLToPath(root);
  } catch (cause) {
    throw new UserError('input-invalid', `the data root is ${withoutCredentials(root)}; a file URI has three slashes and a plain path: file:///…`, { hint, cause });
  }
}
