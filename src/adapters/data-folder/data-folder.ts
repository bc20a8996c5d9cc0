/** Where files of sources lie: a folder of this machine, or a prefix of a bucket. */
export interface DataFolder {
  /** As people write it: file:///… or s3://bucket/prefix. */
  readonly uri: string;
  /**
   * Regular files that match a path or glob (`*`, `**`, `?`, `{a,b}`, `[a-c]`; names that begin with a dot only where the pattern says so),
   * sorted by code unit. Names are relative and joined by '/'.
   * @throws UserError input-invalid for a pattern that is absolute or climbs out; source-unreadable, source-denied, source-unavailable
   */
  list(pattern: string): Promise<readonly ListedFile[]>;
  /**
   * A local file with the bytes of one that was listed, and their digest. The caller must not write to it.
   * @throws UserError source-missing, source-unreadable, source-denied, source-unavailable
   */
  fetch(name: string): Promise<FetchedFile>;
}

export interface ListedFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

export interface FetchedFile {
  readonly path: string;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}
