import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import type { S3ClientOptions } from '../s3/create-s3-client.ts';
import { downloadObject } from '../s3/download-object.ts';
import { S3Bucket, type S3Object } from '../s3/s3-bucket.ts';
import type { S3Location } from '../s3/s3-location.ts';
import type { DataFolder, FetchedFile, ListedFile } from './data-folder.ts';
import { NamePattern } from './name-pattern.ts';

export interface S3DataFolderOptions {
  readonly workDirectory: string;
  readonly client?: S3ClientOptions;
}

/** Objects below a prefix of an S3 bucket, brought to a folder of this machine under their own names, so that partition folders stay in the path. */
export class S3DataFolder implements DataFolder {
  readonly uri: string;
  private readonly bucket: S3Bucket;
  private readonly workDirectory: string;
  private readonly listed = new Map<string, S3Object>();
  private folder: string | undefined;

  constructor(location: S3Location, { workDirectory, client }: S3DataFolderOptions) {
    this.uri = location.uri;
    this.workDirectory = workDirectory;
    this.bucket = new S3Bucket(location, 'source', client);
  }

  async list(text: string): Promise<readonly ListedFile[]> {
    const pattern = new NamePattern(text);
    const found = (await this.bucket.list(pattern.prefix)).filter(({ key }) => pattern.matches(key));
    for (const object of found) {
      // Keys may be anything: one like a/../b would be written elsewhere.
      if (!object.key.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\\0]/.test(part))) {
        throw new UserError('source-unreadable', `${JSON.stringify(object.key)} under ${this.uri} has a name that no file can have`, { hint: 'Rename the object, or narrow the source’s path.' });
      }
      this.listed.set(object.key, object);
    }
    return found.map(({ key, size }) => ({ name: key, size }));
  }

  async fetch(name: string): Promise<FetchedFile> {
    const listed = this.listed.get(name);
    if (listed === undefined) throw new Error(`${name} was not listed`);
    const path = join(this.target(), name);
    const found = await downloadObject(this.bucket, { key: name, path, condition: { ifMatch: listed.etag } });
    if (found === 'changed' || (typeof found === 'object' && found.size !== listed.size)) {
      throw new UserError('source-unavailable', `${this.bucket.uriOf(name)} changed while the step read it`, { hint: 'Run the step again when the upload is over.' });
    }
    if (typeof found === 'string') {
      throw new UserError('source-missing', `${this.bucket.uriOf(name)} is gone since it was listed`, { hint: 'Run the step again when nobody writes there.' });
    }
    return { path, digest: found.digest, size: found.size };
  }

  /** A folder of its own: another source may read another state of the same object. */
  private target(): string {
    if (this.folder === undefined) {
      mkdirSync(this.workDirectory, { recursive: true });
      this.folder = mkdtempSync(join(this.workDirectory, 's3-'));
    }
    return this.folder;
  }
}
