/** An unpacked image. Paths in `entrypoint` and `environment` may be as the image has them, e.g. /app/server/index.js: they are taken from `folder`. */
export interface PodImage {
  /** Root file system. */
  readonly folder: string;
  readonly entrypoint: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export type UnpackPodImage = (imageDigest: string) => Promise<PodImage>;
