/** The forge: the deployment branch, pull requests and their comments. `github` and `local` implement it. */
export interface GitHost {
  /** The commit a branch points to, or undefined where there is no such branch. */
  head(branch: string): Promise<string | undefined>;

  /** A file's text at a commit, or undefined. */
  readFile(commit: string, path: string): Promise<string | undefined>;

  /**
   * One commit on top of `expectedHead`, or nothing at all: compare-and-swap on the branch's head.
   * A moved branch is an expected answer, not an exception.
   */
  commitFiles(request: CommitRequest): Promise<CommitResult>;

  /** Commits of a branch, newest first, with their message trailers. */
  history(branch: string, limit: number): Promise<readonly CommitSummary[]>;

  /** Creates the branch with its changes and the pull request, or updates the one already open from that branch. */
  upsertPullRequest(request: PullRequestRequest): Promise<PullRequest>;

  findPullRequest(branch: string): Promise<PullRequest | undefined>;

  /** One comment per marker: written the first time, edited afterwards. */
  upsertComment(pullRequest: number, marker: string, markdown: string): Promise<void>;

  closePullRequest(pullRequest: number, reason: string): Promise<void>;

  /** Merges with a merge commit and returns it. Refused when the head moved from `expectedHead`. */
  mergePullRequest(pullRequest: number, expectedHead: string): Promise<string>;
}

export interface FileChange {
  readonly path: string;
  /** The whole new text; null deletes the file. */
  readonly text: string | null;
}

export interface CommitRequest {
  readonly branch: string;
  readonly expectedHead: string;
  readonly changes: readonly FileChange[];
  /** First line. */
  readonly subject: string;
  readonly body?: string;
  /** Git trailers, e.g. { 'Model-Version': 'v1' }. */
  readonly trailers?: Readonly<Record<string, string>>;
}

export type CommitResult =
  | { readonly kind: 'committed'; readonly commit: string }
  | { readonly kind: 'unchanged'; readonly commit: string }
  | { readonly kind: 'moved'; readonly head: string };

export interface CommitSummary {
  readonly commit: string;
  readonly subject: string;
  readonly trailers: Readonly<Record<string, string>>;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
}

export interface PullRequestRequest {
  readonly branch: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  readonly changes: readonly FileChange[];
}

export interface PullRequest {
  readonly number: number;
  readonly branch: string;
  readonly head: string;
  readonly state: 'open' | 'closed' | 'merged';
  readonly title: string;
  readonly body: string;
  readonly url: string;
}
