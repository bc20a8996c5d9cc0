import { z } from 'zod';
import { digestOf, digestOfFile, parseDigest, shortDigest } from '../../../artifacts/digest.ts';
import { UserError } from '../../../errors.ts';
import { mediaTypes } from '../../../packaging/oci-schemas.ts';
import type { ImageRegistry } from '../../../ports/image-registry.ts';
import { defaultLimits, type FetchLimits, type HttpContext, systemHttp } from '../../http/http-context.ts';
import { readBody } from '../../http/read-body.ts';
import { checkTag, tagTaken } from '../image-tag.ts';
import { RegistryAuthorization } from './authorization.ts';
import { RegistryClient, type RegistryRequest } from './registry-client.ts';
import type { CredentialSource } from './registry-credentials.ts';
import { parseRepository, type RegistryPlace } from './registry-place.ts';
import { uploadBlob } from './upload-blob.ts';

export interface OciOptions {
  /** host[:port]/name */
  readonly repository: string;
  /** Plain http, though the host is not this machine. */
  readonly insecure?: boolean;
  readonly credentials: CredentialSource;
  readonly http?: HttpContext;
  readonly limits?: Partial<FetchLimits>;
  /** Bytes of one request; default 16 MiB, which every registry takes (ECR: 5 to 20 MiB). */
  readonly chunkSize?: number;
}

const registryLimits: FetchLimits = { ...defaultLimits, tries: 6, firstWait: 500, longestWait: 30_000, maximumBytes: 2 ** 31 };
const manifestTypes = [mediaTypes.manifest, mediaTypes.index, 'application/vnd.docker.distribution.manifest.v2+json', 'application/vnd.docker.distribution.manifest.list.v2+json'].join(', ');
const typedManifest = z.object({ mediaType: z.string() });

/**
 * A repository of any OCI registry, over the distribution API: https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
 * The API has no conditional write for tags: a taken tag is refused here, one writer at a time in this process, and looked at again after
 * the write. Two processes cannot meet at one tag, for the model registry gives a version to one image only before its tag is written.
 */
export class OciImageRegistry implements ImageRegistry {
  readonly repository: string;
  private readonly place: RegistryPlace;
  private readonly client: RegistryClient;
  private readonly chunkSize: number;
  private tagging: Promise<unknown> = Promise.resolve();

  constructor(options: OciOptions) {
    this.repository = options.repository;
    this.place = parseRepository(options.repository, { insecure: options.insecure ?? false });
    const http = options.http ?? systemHttp;
    const authorization = new RegistryAuthorization({ place: this.place, http, credentials: options.credentials });
    this.client = new RegistryClient({ place: this.place, http, authorization, limits: { ...registryLimits, ...options.limits } });
    this.chunkSize = options.chunkSize ?? 16 * 1024 * 1024;
  }

  async hasBlob(digest: string): Promise<boolean> {
    const url = this.url('blobs', parseDigest(digest, 'the digest of a blob'));
    return this.client.ask({ method: 'HEAD', url, what: `blob ${digest}`, access: 'pull', accepts: [200, 404] }, async ({ status }) => status === 200);
  }

  async putBlob(digest: string, source: Uint8Array | { readonly path: string }): Promise<void> {
    const actual = source instanceof Uint8Array ? digestOf(source) : await digestOfFile(source.path);
    if (actual !== digest) throw this.corrupt('a blob to be pushed', digest, actual);
    const isThere = (): Promise<boolean> => this.hasBlob(digest);
    if (!(await isThere())) await uploadBlob(this.client, { digest, source, chunkSize: this.chunkSize, isThere });
  }

  async readBlob(digest: string): Promise<Uint8Array | undefined> {
    parseDigest(digest, 'the digest of a blob');
    // A registry keeps manifests apart from what they name.
    const body = (await this.read('blobs', digest)) ?? (await this.read('manifests', digest));
    if (body !== undefined && digestOf(body) !== digest) throw this.corrupt(`blob ${digest}`, digest, digestOf(body));
    return body;
  }

  async mountBlob(digest: string, from: string): Promise<boolean> {
    if (await this.hasBlob(digest)) return true;
    const other = parseRepository(from, { insecure: this.place.origin.startsWith('http:') });
    if (other.host !== this.place.host) return false;
    const query = new URLSearchParams({ mount: parseDigest(digest, 'the digest of a blob'), from: other.name });
    const request: RegistryRequest = { method: 'POST', url: `/v2/${this.place.name}/blobs/uploads/?${query.toString()}`, what: `mount of blob ${digest} from ${from}`, access: 'pull,push', alsoPull: other.name, accepts: [201, 202] };
    const outcome = await this.client.retry((timeout) => this.client.askOnce(request, timeout, async ({ status }) => status === 201));
    // 202: the registry began an upload instead; it ends by itself.
    if (outcome.kind === 'answer') return outcome.value;
    // Who may push here need not be one who may pull there: whoever asked reads and pushes, and hears of that if it is not allowed, either.
    if (outcome.kind === 'denied' || outcome.kind === 'refused') return false;
    throw this.client.failure(request.what, outcome);
  }

  async storeManifest(manifest: Uint8Array): Promise<string> {
    const digest = digestOf(manifest);
    await this.writeManifest(digest, manifest);
    return digest;
  }

  putManifest(tag: string, manifest: Uint8Array): Promise<string> {
    checkTag(tag);
    const written = this.tagging.then(() => this.writeTag(tag, manifest));
    this.tagging = written.catch(() => undefined);
    return written;
  }

  async resolveTag(tag: string): Promise<string | undefined> {
    checkTag(tag);
    const request = { url: this.url('manifests', tag), what: `tag ${tag}`, access: 'pull', headers: { accept: manifestTypes }, accepts: [200, 404] } as const;
    const said = await this.client.ask({ ...request, method: 'HEAD' }, async ({ status, headers }) => (status === 404 ? undefined : (headers.get('docker-content-digest') ?? '')));
    if (said === undefined || said !== '') return said === undefined ? undefined : parseDigest(said, `the digest of ${this.repository}:${tag}`);
    const body = await this.client.ask({ ...request, method: 'GET' }, (response) => this.bodyOf(response));
    return body === undefined ? undefined : digestOf(body);
  }

  private async writeTag(tag: string, manifest: Uint8Array): Promise<string> {
    const digest = digestOf(manifest);
    const before = await this.resolveTag(tag);
    if (before === digest) return digest;
    if (before !== undefined) throw tagTaken(`${this.repository}:${tag}`, before, digest);
    const refusal = await this.writeManifest(tag, manifest).then(
      () => undefined,
      (error: unknown) => error,
    );
    // Also after a refusal: a registry with immutable tags refuses a second writer, and this one may have come first, its answer lost.
    const after = await this.resolveTag(tag);
    if (after === digest) return digest;
    if (after !== undefined) throw tagTaken(`${this.repository}:${tag}`, after, digest);
    if (refusal instanceof Error) throw refusal;
    throw new UserError('image-registry-unavailable', `${this.repository}:${tag} was written and cannot be found`, { hint: 'Run the step again.' });
  }

  private async writeManifest(reference: string, manifest: Uint8Array): Promise<void> {
    const type = typedManifest.safeParse(JSON.parse(Buffer.from(manifest).toString('utf8')));
    const headers = { 'content-type': type.success ? type.data.mediaType : mediaTypes.manifest };
    const request = { method: 'PUT', url: this.url('manifests', reference), what: `manifest ${reference}`, access: 'pull,push', headers, body: manifest, accepts: [200, 201] } as const;
    const said = await this.client.ask(request, async (response) => response.headers.get('docker-content-digest'));
    const digest = digestOf(manifest);
    if (said !== null && said !== digest) throw this.corrupt(`manifest ${reference}`, digest, said);
  }

  private read(kind: 'blobs' | 'manifests', digest: string): Promise<Uint8Array | undefined> {
    const request = { method: 'GET', url: this.url(kind, digest), what: `blob ${digest}`, access: 'pull', accepts: [200, 404] } as const;
    return this.client.ask({ ...request, headers: { accept: kind === 'manifests' ? manifestTypes : '*/*', 'accept-encoding': 'identity' } }, (response) => this.bodyOf(response));
  }

  private async bodyOf(response: Response): Promise<Uint8Array | undefined> {
    return response.status === 404 ? undefined : readBody(response, this.client.limits.maximumBytes);
  }

  private url(kind: 'blobs' | 'manifests', reference: string): string {
    return `/v2/${this.place.name}/${kind}/${reference}`;
  }

  private corrupt(what: string, expected: string, actual: string): UserError {
    return new UserError('image-corrupt', `${this.repository}: ${what} has SHA-256 ${shortDigest(actual)}… but is named ${shortDigest(expected)}…`, {
      hint: 'Someone changed or cut the blob, on the way or in the registry. Delete it there and run register again: it pushes what is missing.',
    });
  }
}
