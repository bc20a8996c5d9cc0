import { z } from 'zod';
import { type Digest, isDigest } from '../artifacts/digest.ts';
import { parseYaml } from '../pipeline/parse-yaml.ts';

export const annotation = {
  replicas: 'taxiway.dev/replicas',
  modelVersion: 'taxiway.dev/model-version',
  modelDigest: 'taxiway.dev/model-digest',
  imageDigest: 'taxiway.dev/image-digest',
} as const;

/** The kustomization.yaml of one environment. */
export interface OverlaySource {
  /** Path in the repository, for messages. */
  readonly path: string;
  readonly text: string;
  /** The image name that the overlay replaces, as pipeline.yaml has it; also the name of the Deployment. */
  readonly image: string;
}

export interface OverlayState {
  /** What runs, or undefined where nothing is deployed (no digest, no pods). */
  readonly deployed: DeployedImage | undefined;
  readonly repository: string;
  readonly replicas: number;
  /** Pods of a deployment that starts from nothing. */
  readonly startReplicas: number;
}

export interface DeployedImage {
  readonly imageDigest: Digest;
  /** As written at the deploy, e.g. v1. */
  readonly modelVersion: string;
  readonly modelDigest: Digest;
}

const digest = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value), 'must be sha256: and 64 hexadecimal digits');

function overlaySchema(image: string) {
  const only = `must have exactly one entry, named ${image}`;
  return z
    .looseObject({
      kind: z.literal('Kustomization'),
      metadata: z.looseObject({
        annotations: z.looseObject({ [annotation.replicas]: z.string().regex(/^[1-9]\d{0,3}$/, 'must be a quoted number of pods from 1 to 9999') }),
      }),
      images: z.tuple([z.strictObject({ name: z.literal(image), newName: z.string().min(1), digest: digest.optional() })], only),
      replicas: z.tuple([z.strictObject({ name: z.literal(image), count: z.number().int().min(0).max(9999) })], only),
      commonAnnotations: z
        .looseObject({
          [annotation.modelVersion]: z.string().regex(/^v[1-9]\d*$/, 'must be a version such as v1').optional(),
          [annotation.modelDigest]: digest.optional(),
          [annotation.imageDigest]: digest.optional(),
        })
        .optional(),
    })
    .superRefine((overlay, context) => {
      const pinned = overlay.images[0].digest;
      const report = (path: (string | number)[], message: string): void => context.addIssue({ code: 'custom', path, message });
      if (pinned === undefined) {
        if (overlay.replicas[0].count > 0) report(['replicas', 0, 'count'], 'must be 0 while images has no digest');
        return;
      }
      const annotations = overlay.commonAnnotations ?? {};
      if (annotations[annotation.imageDigest] !== pinned) {
        report(['images', 0, 'digest'], `must equal commonAnnotations ${annotation.imageDigest}, which is ${annotations[annotation.imageDigest] ?? 'missing'}`);
      }
      for (const key of [annotation.modelVersion, annotation.modelDigest]) {
        if (annotations[key] === undefined) report(['commonAnnotations'], `must hold ${key} beside an image digest`);
      }
    });
}

/**
 * Reads what an overlay deploys. A hand-edited overlay that cannot be understood, or that contradicts itself, is refused rather than guessed at.
 * @throws UserError overlay-invalid with file, line, what was found and what is allowed
 */
export function readOverlay(source: OverlaySource): OverlayState {
  const overlay = parseYaml({ path: source.path, text: source.text, code: 'overlay-invalid' }, overlaySchema(source.image));
  const [image] = overlay.images;
  const annotations = overlay.commonAnnotations ?? {};
  const modelVersion = annotations[annotation.modelVersion];
  const modelDigest = annotations[annotation.modelDigest];
  const pinned = image.digest;
  const complete = pinned !== undefined && typeof modelVersion === 'string' && isDigestValue(modelDigest);
  return {
    deployed: complete ? { imageDigest: pinned, modelVersion, modelDigest } : undefined,
    repository: image.newName,
    replicas: overlay.replicas[0].count,
    startReplicas: Number(overlay.metadata.annotations[annotation.replicas]),
  };
}

function isDigestValue(value: unknown): value is Digest {
  return typeof value === 'string' && isDigest(value);
}
