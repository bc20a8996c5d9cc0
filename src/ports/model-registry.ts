import type { Digest } from '../artifacts/digest.ts';

/** Registered versions, append-only, and what is live where. The `store` implementation on the artefact store is the source of truth. */
export interface ModelRegistry {
  /** All versions, oldest first. */
  versions(): Promise<readonly VersionRecord[]>;
  version(number: number): Promise<VersionRecord | undefined>;

  /**
   * Registers under the next free number, create-only. The same candidate and image again gives the version that already exists.
   * @throws UserError version-taken: the draft names a version that is not the next free number
   */
  register(draft: VersionDraft): Promise<VersionRecord>;

  live(environment: string): Promise<LivePointer | undefined>;

  /**
   * Compare-and-swap on the epoch: `expectedEpoch` is the epoch last read, 0 where nothing is live yet.
   * Undefined where someone else was first. A version that is already live is answered as it stands.
   * @throws UserError version-missing, version-quarantined
   */
  promote(request: PromoteRequest): Promise<LivePointer | undefined>;

  /** Every promotion and rollback of an environment, oldest first. */
  history(environment: string): Promise<readonly LiveEvent[]>;

  /** Never to be deployed again. Repeating it changes nothing. */
  quarantine(entry: QuarantineEntry): Promise<void>;
  quarantined(imageDigest: Digest): Promise<QuarantineEntry | undefined>;
}

export interface MeasuredMetric {
  readonly value: number;
  /** 95 % interval. */
  readonly interval: readonly [number, number];
  readonly sampleSize: number;
}

export interface VersionDraft {
  /** Name of the pipeline. */
  readonly model: string;
  /** The number that the image already carries: registered under this one or not at all. */
  readonly version?: number;
  readonly candidate: Digest;
  readonly evaluation: Digest;
  /** SHA-256 of model.onnx. */
  readonly modelDigest: Digest;
  readonly dataset: { readonly uri: string; readonly digest: Digest };
  readonly pipelineDigest: Digest;
  readonly codeCommit: string;
  /** Of the release of Taxiway whose gate judged it: SHA-256 over its bundles. */
  readonly codeDigest: Digest;
  readonly imageRepository: string;
  readonly imageDigest: Digest;
  readonly metrics: Readonly<Record<string, MeasuredMetric>>;
  readonly threshold: number;
  readonly hyperparameters: Readonly<Record<string, unknown>>;
  readonly trainingWindow: { readonly fit: DayRange; readonly calibrate: DayRange; readonly test: DayRange };
  /** The version it was judged against, if any. */
  readonly champion: number | undefined;
  /** Free labels; a simulated fault is always named here. */
  readonly labels: Readonly<Record<string, string>>;
}

interface DayRange {
  readonly from: string;
  readonly to: string;
}

export interface VersionRecord extends VersionDraft {
  readonly version: number;
  /** E.g. model_v1; the image is delay-ml:model_v1. */
  readonly imageTag: string;
  /** ISO 8601. */
  readonly registeredAt: string;
}

export interface LivePointer {
  readonly environment: string;
  readonly version: number;
  readonly imageDigest: Digest;
  /** Grows by one at every change: the fence against late writers. */
  readonly epoch: number;
  /** The deployment commit that was verified. */
  readonly commit: string;
  readonly since: string;
}

export interface PromoteRequest {
  readonly environment: string;
  readonly version: number;
  readonly expectedEpoch: number;
  readonly commit: string;
  /** ISO 8601. */
  readonly at: string;
}

export interface LiveEvent extends LivePointer {
  readonly kind: 'promoted' | 'rolled-back';
}

export interface QuarantineEntry {
  readonly imageDigest: Digest;
  readonly version: number;
  readonly reason: string;
  readonly at: string;
}
