/** What MLflow has of one model, as far as the mirror looks. */
export interface FoundState {
  readonly experiment: { readonly id: string; readonly deleted: boolean } | undefined;
  readonly model: { readonly description: string; readonly tags: Readonly<Record<string, string>>; readonly aliases: Readonly<Record<string, number>> } | undefined;
  /** Of the experiment, deleted ones too, sorted by id: those that carry the mirror's tag, and those that its versions come from. */
  readonly runs: readonly FoundRun[];
  /** All of the model, by number. */
  readonly versions: readonly FoundVersion[];
}

export interface FoundRun {
  readonly id: string;
  readonly deleted: boolean;
  readonly name: string;
  readonly status: string;
  readonly artifactUri: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** The latest value of each. */
  readonly metrics: Readonly<Record<string, FoundMetric>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Digests of the datasets that it names. */
  readonly datasets: readonly string[];
  /** Sizes by path; bytes. Empty for a deleted run, whose files are not looked at. */
  readonly files: Readonly<Record<string, number>>;
}

export interface FoundMetric {
  readonly value: number;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  readonly step: number;
}

export interface FoundVersion {
  readonly number: number;
  readonly runId: string;
  readonly source: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
}
