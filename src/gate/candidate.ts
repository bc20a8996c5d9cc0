import { z } from 'zod';
import type { Artifact, ArtifactRepository } from '../artifacts/artifact.ts';
import { type Digest, digestOf, isDigest } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';
import { trainingWindowSchema } from '../pipeline/training-window.ts';

const metadataSchema = z.looseObject({
  pipeline: z.custom<Digest>((value) => typeof value === 'string' && isDigest(value), 'must be a sha256 digest'),
  window: trainingWindowSchema,
  threshold: z.number(),
  modelDigest: z.custom<Digest>((value) => typeof value === 'string' && isDigest(value), 'must be a sha256 digest'),
});

export interface Candidate {
  readonly artifact: Artifact;
  readonly metadata: z.infer<typeof metadataSchema>;
  readonly dataset: Digest;
  /** The verified bytes of model.onnx. */
  readonly model: Uint8Array;
}

/** @throws UserError artifact-missing, artifact-corrupt */
export async function readCandidate(artifacts: ArtifactRepository, digest: Digest): Promise<Candidate> {
  const artifact = await artifacts.read('candidate', digest);
  const parsed = metadataSchema.safeParse(artifact.manifest.metadata);
  const { dataset } = artifact.manifest.parents;
  if (!parsed.success || dataset === undefined) {
    const [issue] = parsed.error?.issues ?? [];
    throw new UserError('artifact-corrupt', `candidate ${digest}: ${issue === undefined ? 'no parent dataset' : `${issue.path.join('.')} ${issue.message}`}`, {
      hint: 'Train again with this version of Taxiway.',
    });
  }
  const model = await artifacts.bytes(artifact, 'model.onnx');
  // The digest in the metadata is what evidence, image and service are bound to: it must be that of these bytes.
  if (digestOf(model) !== parsed.data.modelDigest) {
    throw new UserError('artifact-corrupt', `candidate ${digest}: model.onnx is not the model that its metadata names`, { hint: 'Train again.' });
  }
  return { artifact, metadata: parsed.data, dataset, model };
}
