import { z } from 'zod';
import { type Digest, hexOf, isDigest } from '../artifacts/digest.ts';
import { imageManifestSchema } from '../packaging/oci-schemas.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { ImageRegistry } from '../ports/image-registry.ts';

/** Where a model's code lies and which commit made it, as labels of its image (OCI image specification 1.1, annotations). */
export type ImageOrigin = Readonly<Record<string, string>>;

const sourceLabel = 'org.opencontainers.image.source';
const revisionLabel = 'org.opencontainers.image.revision';
const baseLabel = 'org.opencontainers.image.base.digest';

const provenanceSchema = z.looseObject({ commit: z.string(), madeAt: z.string() });

/**
 * The commit is that by which the candidate was first made, not the one that registers it: registered again from a later commit, the same
 * candidate has the same image. Without the repository that it is of, a commit says nothing to others.
 * @param source e.g. https://github.com/you/repo
 */
export async function findImageOrigin(store: ArtifactStore, { candidate, source }: { readonly candidate: Digest; readonly source: string | undefined }): Promise<ImageOrigin> {
  if (source === undefined) return {};
  const makings: { readonly commit: string; readonly madeAt: string }[] = [];
  for (const key of await store.list(`provenance/candidate/${hexOf(candidate)}/`)) {
    const stored = await store.read(key);
    const making = stored === undefined ? undefined : provenanceSchema.safeParse(parseJson(stored.body)).data;
    if (making !== undefined) makings.push(making);
  }
  const [first] = makings.sort((left, right) => compare(left.madeAt, right.madeAt) || compare(left.commit, right.commit));
  return { [sourceLabel]: source, ...(first !== undefined && { [revisionLabel]: first.commit }) };
}

/** As the image of a version says it: built again elsewhere, it must say the same. Empty where it says nothing; undefined where the image is gone. */
export async function originOfImage(images: ImageRegistry, digest: Digest): Promise<ImageOrigin | undefined> {
  const body = await images.readBlob(digest);
  return body === undefined ? undefined : Object.fromEntries(Object.entries(annotationsOf(body)).filter(([name]) => name === sourceLabel || name === revisionLabel));
}

/** Digest of the serving base that an image says it is built on; undefined where its manifest does not say so. */
export function baseOfImage(manifest: Uint8Array): Digest | undefined {
  const base = annotationsOf(manifest)[baseLabel];
  return base !== undefined && isDigest(base) ? base : undefined;
}

function annotationsOf(manifest: Uint8Array): Readonly<Record<string, string>> {
  return imageManifestSchema.safeParse(parseJson(manifest)).data?.annotations ?? {};
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
