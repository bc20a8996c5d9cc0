import type { Artifact, ArtifactRepository } from '../artifacts/artifact.ts';

/** Parquet files of the dataset query's sources by name, for a model that was trained until then (milliseconds since the Unix epoch). */
export type FeatureSources = (trainedUntil: number) => Promise<Readonly<Record<string, Uint8Array>>>;

export interface BesideModel {
  readonly artifacts: ArtifactRepository;
  /** The candidate's. */
  readonly artifact: Artifact;
  readonly datasetQuery: string;
  readonly trainedUntil: number;
  readonly featureSources: FeatureSources | undefined;
}

const profileFile = 'profile.json';

/**
 * What the service reads beside the model: the reference profile, whose bins it counts live rows in, the query that online features are computed by,
 * and the sources that the query joins.
 */
export async function filesBesideModel({ artifacts, artifact, datasetQuery, trainedUntil, featureSources }: BesideModel): Promise<Record<string, Uint8Array>> {
  const sources = (await featureSources?.(trainedUntil)) ?? {};
  return {
    'dataset.sql': Buffer.from(datasetQuery),
    ...Object.fromEntries(Object.entries(sources).map(([name, body]) => [`sources/${name}`, body])),
    ...(artifact.manifest.files[profileFile] !== undefined && { [profileFile]: await artifacts.bytes(artifact, profileFile) }),
  };
}
