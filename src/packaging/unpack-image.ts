import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { z } from 'zod';
import { type Digest, digestOf, hexOf, parseDigest } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';
import type { ImageRegistry } from '../ports/image-registry.ts';
import { extractLayer } from './extract-layer.ts';
import type { ImageLayer } from './image.ts';
import { type ImageConfig, imageConfigSchema, type ImageManifest, imageManifestSchema, mediaTypes } from './oci-schemas.ts';

export interface UnpackedImage {
  readonly digest: Digest;
  /** The image's root file system, of which only `app/` is there: this machine's own Node runs it. The caller must not write to it. */
  readonly folder: string;
  /** E.g. ['node', '/…/app/server/index.js']: paths are already those of this machine; who runs it chooses the program behind `node`. */
  readonly entrypoint: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

export interface UnpackOptions {
  /** Folder under which every image gets a folder named by its digest. */
  readonly into: string;
  /** Bytes of all layers together. Default 4 GiB. */
  readonly maximumSize?: number;
}

const maximumDocument = 1 << 22;

/**
 * Reads an image by digest, verifies every blob's SHA-256 and size, and extracts its layers. The folder appears whole or not at all,
 * and is reused when it is there. Sizes are checked as declared, before anything is read.
 * @throws UserError image-missing, image-corrupt, image-invalid
 */
export async function unpackImage(images: ImageRegistry, imageDigest: string, options: UnpackOptions): Promise<UnpackedImage> {
  const digest = parseDigest(imageDigest, 'the image digest');
  const manifest = await readDocument(images, { digest, size: undefined }, imageManifestSchema);
  const config = await readDocument(images, manifest.config, imageConfigSchema);
  const maximumSize = options.maximumSize ?? 2 ** 32;
  const layers = checkLayers(manifest, config, { digest, maximumSize });
  const folder = join(options.into, hexOf(digest));
  if (!(await isFolder(folder))) await extractInto(images, layers, { folder, temporary: join(options.into, `${hexOf(digest)}.${randomUUID()}`), maximumSize });
  const { Entrypoint, Env, Labels } = config.config;
  return {
    digest,
    folder,
    entrypoint: Entrypoint.map((part) => (part.startsWith('/') ? join(folder, part) : part)),
    environment: Object.fromEntries(Env.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)])),
    labels: Labels ?? {},
  };
}

interface Places {
  readonly folder: string;
  readonly temporary: string;
  readonly maximumSize: number;
}

async function extractInto(images: ImageRegistry, layers: readonly ImageLayer[], places: Places): Promise<void> {
  await mkdir(places.temporary, { recursive: true });
  try {
    for (const layer of layers) await extractLayer(await readTar(images, layer, places.maximumSize), places.temporary);
    await rename(places.temporary, places.folder);
  } catch (error) {
    // Somebody else unpacked the same image meanwhile: the same bytes.
    if (!(await isFolder(places.folder))) throw error;
  } finally {
    await rm(places.temporary, { recursive: true, force: true });
  }
}

function checkLayers(manifest: ImageManifest, config: ImageConfig, limits: { digest: Digest; maximumSize: number }): ImageLayer[] {
  const { digest, maximumSize } = limits;
  const total = manifest.layers.reduce((sum, layer) => sum + layer.size, 0);
  if (total > maximumSize) throw invalid(digest, `declares ${total} bytes of layers; at most ${maximumSize} are allowed`);
  const { diff_ids: diffIds } = config.rootfs;
  const layers = manifest.layers.map((layer, index) => ({ ...layer, diffId: diffIds[index] ?? layer.digest }));
  const strange = layers.some((layer) => layer.mediaType === mediaTypes.layer && layer.diffId !== layer.digest);
  if (strange || diffIds.length !== layers.length) throw invalid(digest, 'has a config whose diff ids are not those of its layers');
  const climbing = config.config.Entrypoint.find((part) => part.split('/').includes('..'));
  if (climbing !== undefined) throw invalid(digest, `has an entrypoint that leaves the image: ${climbing}`);
  return layers;
}

/** The layer's tar, verified twice where it is compressed: as stored, and as it was before. */
async function readTar(images: ImageRegistry, layer: ImageLayer, maximumSize: number): Promise<Uint8Array> {
  const body = await readBlob(images, layer);
  if (layer.mediaType === mediaTypes.layer) return body;
  const tar = await promisify(gunzip)(body, { maxOutputLength: Math.min(maximumSize, 2 ** 31) }).catch((cause: unknown) => {
    throw invalid(layer.digest, 'cannot be decompressed, or is too large when it is', cause);
  });
  if (layer.diffId !== digestOf(tar)) throw invalid(layer.digest, 'is not, decompressed, what the config says');
  return tar;
}

async function readDocument<T>(images: ImageRegistry, blob: { digest: Digest; size: number | undefined }, schema: z.ZodType<T>): Promise<T> {
  if (blob.size !== undefined && blob.size > maximumDocument) throw invalid(blob.digest, `declares ${blob.size} bytes; at most ${maximumDocument} are allowed`);
  const body = await readBlob(images, blob);
  try {
    return schema.parse(JSON.parse(Buffer.from(body).toString('utf8')));
  } catch (cause) {
    throw invalid(blob.digest, `is not a document that is understood here: ${cause instanceof z.ZodError ? z.prettifyError(cause).replaceAll('\n', ' ') : 'no JSON'}`, cause);
  }
}

async function readBlob(images: ImageRegistry, blob: { digest: Digest; size: number | undefined }): Promise<Uint8Array> {
  const body = await images.readBlob(blob.digest);
  if (body === undefined) {
    throw new UserError('image-missing', `${images.repository} has no blob ${blob.digest}`, { hint: 'Register the model version again: it pushes what is missing.' });
  }
  if (digestOf(body) !== blob.digest || (blob.size !== undefined && body.byteLength !== blob.size)) {
    throw new UserError('image-corrupt', `blob ${blob.digest} of ${images.repository} has other bytes or another size than it is named by`, {
      hint: 'Delete the blob and run register again.',
    });
  }
  return body;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function invalid(digest: Digest, what: string, cause?: unknown): UserError {
  return new UserError('image-invalid', `${digest} ${what}`, { hint: 'Deploy an image that register made.', cause });
}
