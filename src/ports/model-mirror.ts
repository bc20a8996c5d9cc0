import type { VersionRecord } from './model-registry.ts';

/**
 * Another system that shows what the registry holds, e.g. MLflow. It is told and never asked: whatever it shows follows from the registry,
 * and what people change there is put back at the next sync.
 */
export interface ModelMirror {
  readonly name: string;

  /**
   * Brings the mirror to what `read` answers. Harmless to repeat, to break off anywhere, and to run beside another sync: the registry is
   * read again until the mirror is seen to agree with it. A file whose bytes cannot be had is left out: `read` leaves it out, too, from then on, and notes it.
   * `signal`: nobody waits any more; what is under way is best broken off.
   * @throws UserError mirror-unavailable, mirror-denied, mirror-refused, and what `read` throws
   */
  sync(read: () => Promise<MirrorContent>, options?: { readonly budget?: number; readonly signal?: AbortSignal }): Promise<MirrorReport>;
}

/** All that a mirror shows of one model. */
export interface MirrorContent {
  /** Name of the pipeline. */
  readonly model: string;
  /** URI of the registry's store: two registries never share a mirrored model. */
  readonly store: string;
  readonly description: string;
  /** Oldest first. */
  readonly versions: readonly MirroredVersion[];
  readonly champion: number | undefined;
  readonly challenger: number | undefined;
  /** What of the registry cannot be shown, and why: to be reported. */
  readonly notes?: readonly string[];
}

export interface MirroredVersion {
  readonly record: VersionRecord;
  /** Where the model lies: URI of its bytes in the artefact store. */
  readonly source: string;
  /** One line for people: what became of it. */
  readonly status: string;
  /** Facts by name, in lower-case words with hyphens. Those that never change, and those that do. */
  readonly facts: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  /** By path, e.g. MODEL_CARD.md. */
  readonly files: Readonly<Record<string, MirroredFile>>;
}

export interface MirroredFile {
  /** Bytes. */
  readonly size: number;
  bytes(): Promise<Uint8Array>;
}

export interface MirrorReport {
  /** Calls that changed the mirror; 0 where it agreed already. */
  readonly changes: number;
  /** What differs and cannot be mended there, e.g. a parameter of a run. */
  readonly notes: readonly string[];
}
