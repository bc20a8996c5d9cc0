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

  /** Where something was live or challenged, ever; sorted. */
  environments(): Promise<readonly string[]>;

  /** The version that is registered for an environment and has yet to go live there; undefined where there is none, or where it or a newer one went live since. */
  challenger(environment: string): Promise<ChallengerPointer | undefined>;

  /**
   * Makes a version the challenger: compare-and-swap on the epoch of the last entry of `challengers`, 0 where there is none.
   * Undefined where someone else was first, or where it or a newer version was live there before. The challenger itself is answered as it stands.
   * @throws UserError version-missing, version-quarantined
   */
  nominate(request: NominateRequest): Promise<ChallengerPointer | undefined>;

  /** Every nomination and withdrawal of an environment, oldest first. */
  challengers(environment: string): Promise<readonly ChallengerEvent[]>;

  /** Never to be deployed again. Repeating it changes nothing. */
  quarantine(entry: QuarantineEntry): Promise<void>;
  quarantined(imageDigest: Digest): Promise<QuarantineEntry | undefined>;
  /** All of them, sorted by digest. */
  quarantines(): Promise<readonly QuarantineEntry[]>;
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
  /** The models it came from, sorted by role; none in records of releases that did not keep them. */
  readonly parents: readonly ParentModel[];
  /** The gate's signed statement, as it lay in the store; undefined in records of releases that did not keep it. */
  readonly evidence: { readonly key: string; readonly digest: Digest } | undefined;
  /** The version's tags: free names and values. A simulated fault is always named here. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface ParentModel {
  /** `warm-start`: training began from its weights. `champion`: it was live, and this one was judged against it. */
  readonly role: 'warm-start' | 'champion';
  readonly candidate: Digest;
  /** Undefined where that candidate never became a version. */
  readonly version: number | undefined;
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

export interface ChallengerPointer {
  readonly environment: string;
  readonly version: number;
  readonly imageDigest: Digest;
  /** Grows by one at every nomination and withdrawal. */
  readonly epoch: number;
  /** Of the live pointer when it was nominated: whatever went live after that may end the challenge. */
  readonly liveEpoch: number;
  readonly since: string;
}

export interface NominateRequest {
  readonly environment: string;
  readonly version: number;
  readonly expectedEpoch: number;
  /** ISO 8601. */
  readonly at: string;
}

/** A challenge ends, and is withdrawn, when the version or a newer one went live, or when its image was quarantined. */
export interface ChallengerEvent extends ChallengerPointer {
  readonly kind: 'nominated' | 'withdrawn';
}

export interface QuarantineEntry {
  readonly imageDigest: Digest;
  readonly version: number;
  readonly reason: string;
  readonly at: string;
}
