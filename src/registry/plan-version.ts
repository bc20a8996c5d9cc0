import type { Digest } from '../artifacts/digest.ts';
import { buildModelImage, type ModelImage, type ModelPackage } from '../packaging/package-model.ts';
import type { VersionRecord } from '../ports/model-registry.ts';
import type { ImageOrigin } from './image-origin.ts';

export interface VersionPlan extends Omit<ModelPackage, 'version'> {
  readonly candidate: Digest;
  /** Labels that say where the image comes from, which another machine may see otherwise. */
  readonly origin: ImageOrigin;
  /** The same as the image of a version says it; undefined where that is gone, as a clean-up takes what has no tag yet. */
  readonly originOf: (record: VersionRecord) => Promise<ImageOrigin | undefined>;
}

export interface PlannedVersion {
  readonly version: number;
  readonly image: ModelImage;
  readonly package: ModelPackage;
  /** The digest of the same image built again from these model bytes. */
  readonly rebuild: (model: Uint8Array) => Promise<Digest>;
}

/** An image says its version, so the number comes first: that of the version which has this very candidate and image, else the next free one. */
export async function planVersion(known: readonly VersionRecord[], plan: VersionPlan): Promise<PlannedVersion> {
  const { candidate, origin, originOf, ...parts } = plan;
  const build = async (version: number, from = origin): Promise<PlannedVersion> => {
    const modelPackage = { ...parts, labels: { ...parts.labels, ...from }, version };
    return {
      version,
      package: modelPackage,
      image: await buildModelImage(modelPackage),
      rebuild: async (model) => (await buildModelImage({ ...modelPackage, model })).digest,
    };
  };
  for (const record of known.filter((version) => version.candidate === candidate)) {
    const planned = await build(record.version, (await originOf(record)) ?? origin);
    if (planned.image.digest === record.imageDigest) return planned;
  }
  return build((known.at(-1)?.version ?? 0) + 1);
}
