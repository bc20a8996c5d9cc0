import { z } from 'zod';
import { type Digest, isDigest } from '../artifacts/digest.ts';

// Shapes of the OCI image specification 1.1, as far as Taxiway writes and reads them. https://github.com/opencontainers/image-spec

export const mediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  /** Uncompressed: packing takes as long as hashing, and the digest is that of the files. */
  layer: 'application/vnd.oci.image.layer.v1.tar',
  /** As docker buildx makes the layers of a serving base. */
  compressedLayer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;

const digest = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value), 'must be a sha256 digest');

const descriptorOf = <T extends string>(...mediaType: T[]) =>
  z.object({ mediaType: z.literal(mediaType), digest, size: z.number().int().nonnegative(), annotations: z.record(z.string(), z.string()).optional() });

export const imageManifestSchema = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.literal(mediaTypes.manifest),
  config: descriptorOf(mediaTypes.config),
  layers: z.array(descriptorOf(mediaTypes.layer, mediaTypes.compressedLayer)).min(1).max(128),
  annotations: z.record(z.string(), z.string()).optional(),
});
export type ImageManifest = z.infer<typeof imageManifestSchema>;
export type LayerDescriptor = ImageManifest['layers'][number];

export const imageConfigSchema = z.object({
  architecture: z.string(),
  os: z.string(),
  config: z.object({
    Entrypoint: z.array(z.string()).min(1),
    Env: z.array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*=/, 'must be NAME=value')),
    User: z.string().optional(),
    WorkingDir: z.string().optional(),
    Labels: z.record(z.string(), z.string()).optional(),
  }),
  rootfs: z.object({ type: z.literal('layers'), diff_ids: z.array(digest) }),
});
export type ImageConfig = z.infer<typeof imageConfigSchema>;
