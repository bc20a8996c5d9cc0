import type { ECR, ImageDetail } from '@aws-sdk/client-ecr';
import { digestOf } from '../../../artifacts/digest.ts';
import { UserError } from '../../../errors.ts';
import { mediaTypes } from '../../../packaging/oci-schemas.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ImageRegistry } from '../../../ports/image-registry.ts';
import { checkTag, tagTaken } from '../image-tag.ts';
import { OciImageRegistry } from '../oci/oci.ts';
import type { RegistryCredentials } from '../oci/registry-credentials.ts';
import { parseRepository } from '../oci/registry-place.ts';
import { ecrError, isNamed } from './ecr-error.ts';

export interface EcrOptions {
  /** As written in manifests: <account>.dkr.ecr.<region>.amazonaws.com/<name>. */
  readonly repository: string;
  readonly region: string;
  /** Of the API, where it is not Amazon's. */
  readonly endpoint?: string;
  readonly clock: Clock;
}

/** A token is fetched anew this long before it ends: it lasts twelve hours, a push seconds. */
const margin = 5 * 60_000;

/**
 * Amazon ECR. Bytes go over the distribution API; repository, tags and tokens over ECR's own, whose PutImage refuses a tag that another
 * image has: there tags are immutable for every writer. The repository is made where it is missing; its encryption, lifecycle and policies
 * are Terraform's. Credentials are found as the AWS SDK finds them.
 */
export class EcrImageRegistry implements ImageRegistry {
  readonly repository: string;
  private readonly options: EcrOptions;
  private readonly clock: Clock;
  private readonly blobs: OciImageRegistry;
  private readonly target: { readonly repositoryName: string; readonly registryId?: string };
  private client: Promise<ECR> | undefined;
  private token: { readonly credentials: RegistryCredentials; readonly until: number } | undefined;
  private made: Promise<void> | undefined;
  private tagging: Promise<unknown> = Promise.resolve();

  constructor(options: EcrOptions) {
    const { name, host } = parseRepository(options.repository, { insecure: false });
    const account = /^(\d{12})\.dkr\.ecr\./.exec(host)?.[1];
    this.repository = options.repository;
    this.clock = options.clock;
    this.target = { repositoryName: name, ...(account === undefined ? {} : { registryId: account }) };
    this.options = options;
    this.blobs = new OciImageRegistry({ repository: options.repository, credentials: ({ renew }) => this.credentials(renew) });
  }

  hasBlob(digest: string): Promise<boolean> {
    return this.blobs.hasBlob(digest);
  }

  async putBlob(digest: string, source: Uint8Array | { readonly path: string }): Promise<void> {
    await this.makeRepository();
    await this.blobs.putBlob(digest, source);
  }

  readBlob(digest: string): Promise<Uint8Array | undefined> {
    return this.blobs.readBlob(digest);
  }

  async mountBlob(digest: string, from: string): Promise<boolean> {
    await this.makeRepository();
    return this.blobs.mountBlob(digest, from);
  }

  async storeManifest(manifest: Uint8Array): Promise<string> {
    await this.makeRepository();
    return this.blobs.storeManifest(manifest);
  }

  async putManifest(tag: string, manifest: Uint8Array): Promise<string> {
    checkTag(tag);
    await this.storeManifest(manifest);
    const written = this.tagging.then(() => this.writeTag(tag, manifest));
    this.tagging = written.catch(() => undefined);
    return written;
  }

  async resolveTag(tag: string): Promise<string | undefined> {
    checkTag(tag);
    return (await this.describeImage({ tag }))?.imageDigest;
  }

  /** What ECR knows of an image: its tags, size, time of push and the state of its scan. Undefined where there is none. */
  async describeImage(image: { readonly tag: string } | { readonly digest: string }): Promise<ImageDetail | undefined> {
    const id = 'tag' in image ? { imageTag: image.tag } : { imageDigest: image.digest };
    try {
      const { imageDetails = [] } = await (await this.api()).describeImages({ ...this.target, imageIds: [id] });
      return imageDetails[0];
    } catch (error) {
      if (isNamed(error, 'ImageNotFoundException', 'RepositoryNotFoundException')) return undefined;
      throw this.failure('DescribeImages', error);
    }
  }

  private async writeTag(tag: string, manifest: Uint8Array): Promise<string> {
    const digest = digestOf(manifest);
    const before = await this.resolveTag(tag);
    if (before === digest) return digest;
    // Also asked here: a repository that somebody else made may have mutable tags.
    if (before !== undefined) throw tagTaken(`${this.repository}:${tag}`, before, digest);
    try {
      const imageManifest = Buffer.from(manifest).toString('utf8');
      await (await this.api()).putImage({ ...this.target, imageManifest, imageManifestMediaType: mediaTypes.manifest, imageTag: tag, imageDigest: digest });
    } catch (error) {
      if (!isNamed(error, 'ImageAlreadyExistsException', 'ImageTagAlreadyExistsException')) throw this.failure('PutImage', error);
      const after = await this.resolveTag(tag);
      if (after !== digest) throw tagTaken(`${this.repository}:${tag}`, after, digest);
    }
    return digest;
  }

  /** Once; a failure is not remembered. */
  private makeRepository(): Promise<void> {
    this.made ??= this.findOrCreate().catch((error: unknown) => {
      this.made = undefined;
      throw error;
    });
    return this.made;
  }

  private async findOrCreate(): Promise<void> {
    const { repositoryName, ...registry } = this.target;
    try {
      await (await this.api()).describeRepositories({ ...registry, repositoryNames: [repositoryName] });
    } catch (error) {
      if (!isNamed(error, 'RepositoryNotFoundException')) throw this.failure('DescribeRepositories', error);
      await this.create();
    }
  }

  private async create(): Promise<void> {
    try {
      await (await this.api()).createRepository({ ...this.target, imageTagMutability: 'IMMUTABLE', imageScanningConfiguration: { scanOnPush: true } });
    } catch (error) {
      if (!isNamed(error, 'RepositoryAlreadyExistsException')) throw this.failure('CreateRepository', error);
    }
  }

  /** A token whose end has passed when it comes is used once: some servers that stand in for ECR give only such. */
  private async credentials(renew: boolean): Promise<RegistryCredentials> {
    if (!renew && this.token !== undefined && this.token.until > this.clock.now()) return this.token.credentials;
    const { authorizationData = [] } = await (await this.api()).getAuthorizationToken({}).catch((error: unknown) => {
      throw this.failure('GetAuthorizationToken', error);
    });
    const [granted] = authorizationData;
    const pair = Buffer.from(granted?.authorizationToken ?? '', 'base64').toString('utf8');
    const colon = pair.indexOf(':');
    if (colon < 1) throw new UserError('image-registry-denied', `${this.repository}: GetAuthorizationToken gave no token`, { hint: 'Check that the role may call ecr:GetAuthorizationToken.' });
    const credentials = { username: pair.slice(0, colon), password: pair.slice(colon + 1) };
    this.token = { credentials, until: (granted?.expiresAt?.getTime() ?? 0) - margin };
    return credentials;
  }

  /** Loaded when it is needed: most runs never speak to ECR. */
  private api(): Promise<ECR> {
    const { region, endpoint } = this.options;
    this.client ??= import('@aws-sdk/client-ecr').then(({ ECR: Client }) => new Client({ region, customUserAgent: 'taxiway', ...(endpoint === undefined ? {} : { endpoint }) }));
    return this.client;
  }

  private failure(operation: string, error: unknown): UserError {
    return ecrError(`${this.repository}: ${operation}`, error);
  }
}
