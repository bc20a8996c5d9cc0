import { z } from 'zod';
import { type Digest, parseDigest } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';
import type { ImageRegistry } from '../ports/image-registry.ts';
import type { ImageLayer, Platform } from './image.ts';
import { architectureName, systemName } from './image.ts';
import { imageConfigSchema, type ImageConfig, mediaTypes } from './oci-schemas.ts';
import type { ServingBase } from './serving-base.ts';

/** A serving base that was built elsewhere, e.g. by serving/Dockerfile. */
export interface ServingBaseImage {
  /** Of the image, or of an index that has one for the platform. */
  readonly digest: Digest;
  /** Where it lies. */
  readonly registry: ImageRegistry;
  readonly platform: Platform;
}

const dockerTypes: Readonly<Record<string, string>> = {
  'application/vnd.docker.image.rootfs.diff.tar.gzip': mediaTypes.compressedLayer,
  'application/vnd.docker.image.rootfs.diff.tar': mediaTypes.layer,
};
const descriptor = z.object({ mediaType: z.string(), digest: z.string(), size: z.number().int().nonnegative() });
const indexSchema = z.object({ manifests: z.array(descriptor.extend({ platform: z.object({ architecture: z.string(), os: z.string() }).optional() })) });
const manifestSchema = z.object({ config: descriptor, layers: z.array(descriptor).min(1).max(126) });

/**
 * Makes the layers of a base image part of a repository: mounted where both are in one registry, copied where not, and left alone where
 * they are there already. Bytes of layers are verified by their digests on the way.
 * @throws UserError serving-base-invalid, and what the registries throw
 */
export async function takeServingBase(images: ImageRegistry, base: ServingBaseImage): Promise<ServingBase> {
  const { digest, manifest } = await readManifest(base);
  const config = await readJson(base, parseDigest(manifest.config.digest, 'the config of the serving base'), imageConfigSchema);
  const layers = layersOf(base, manifest.layers, config);
  checkConfig(base, config);
  for (const layer of layers) await takeLayer(images, base, layer.digest);
  const { Entrypoint, Env, User } = config.config;
  return {
    layers,
    platform: base.platform,
    entrypoint: Entrypoint,
    environment: Object.fromEntries(Env.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)])),
    ...(User === undefined ? {} : { user: User }),
    labels: { ...config.config.Labels, 'org.opencontainers.image.base.digest': digest, 'org.opencontainers.image.base.name': `${base.registry.repository}@${base.digest}` },
  };
}

async function readManifest(base: ServingBaseImage): Promise<{ digest: Digest; manifest: z.infer<typeof manifestSchema> }> {
  const document = await readJson(base, base.digest, z.union([indexSchema, manifestSchema]));
  if ('layers' in document) return { digest: base.digest, manifest: document };
  const { system, architecture } = { system: systemName(base.platform), architecture: architectureName(base.platform) };
  const found = document.manifests.find(({ platform }) => platform?.os === system && platform.architecture === architecture);
  if (found === undefined) throw invalid(base, `is an index without an image for ${system}/${architecture}`);
  const digest = parseDigest(found.digest, 'an image of the serving base');
  return { digest, manifest: await readJson(base, digest, manifestSchema) };
}

function layersOf(base: ServingBaseImage, layers: z.infer<typeof manifestSchema>['layers'], config: ImageConfig): ImageLayer[] {
  const { diff_ids: diffIds } = config.rootfs;
  if (diffIds.length !== layers.length) throw invalid(base, 'has another number of layers than its config says');
  return layers.map(({ mediaType: found, digest, size }, index) => {
    const mediaType = dockerTypes[found] ?? found;
    if (mediaType !== mediaTypes.layer && mediaType !== mediaTypes.compressedLayer) throw invalid(base, `has a layer of type ${found}; allowed: a tar, plain or with gzip`);
    const diffId = diffIds[index];
    return { mediaType, digest: parseDigest(digest, 'a layer of the serving base'), size, ...(diffId === undefined ? {} : { diffId }) };
  });
}

function checkConfig(base: ServingBaseImage, config: ImageConfig): void {
  const { Entrypoint, User = '' } = config.config;
  const platform = `${config.os}/${config.architecture}`;
  const wanted = `${systemName(base.platform)}/${architectureName(base.platform)}`;
  if (platform !== wanted) throw invalid(base, `is for ${platform}, and the golden requests are asked here, on ${wanted}`);
  if (Entrypoint[0] !== 'node') throw invalid(base, `starts ${JSON.stringify(Entrypoint[0])}; only node can be started to ask the golden requests`);
  if (/^(root|0+)?(:|$)/.test(User)) throw invalid(base, 'runs as root; allowed: a USER by number that is not 0');
}

async function takeLayer(images: ImageRegistry, base: ServingBaseImage, digest: Digest): Promise<void> {
  if (await images.mountBlob(digest, base.registry.repository)) return;
  const body = await base.registry.readBlob(digest);
  if (body === undefined) throw invalid(base, `names layer ${digest}, which is not there`);
  await images.putBlob(digest, body);
}

async function readJson<T>(base: ServingBaseImage, digest: Digest, schema: z.ZodType<T>): Promise<T> {
  const body = await base.registry.readBlob(digest);
  if (body === undefined) throw invalid(base, digest === base.digest ? 'is not there' : `names ${digest}, which is not there`);
  try {
    return schema.parse(JSON.parse(Buffer.from(body).toString('utf8')));
  } catch (cause) {
    throw invalid(base, `holds a document that is not understood: ${cause instanceof z.ZodError ? z.prettifyError(cause).replaceAll('\n', ' ') : 'no JSON'}`, cause);
  }
}

function invalid(base: ServingBaseImage, what: string, cause?: unknown): UserError {
  return new UserError('serving-base-invalid', `the serving base ${base.registry.repository}@${base.digest} ${what}`, { hint: 'Build it with serving/Dockerfile, push it, and name it by its digest as serving.base.', cause });
}
