import { digestOf, hexOf } from '../../artifacts/digest.ts';
import { UserError } from '../../errors.ts';
import { formatCommitMessage } from '../../gitops/commit-message.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CommitRequest, CommitResult, CommitSummary, FileChange, GitHost, PullRequest, PullRequestRequest } from '../../ports/git-host.ts';

interface MemoryCommit {
  readonly parents: readonly string[];
  readonly files: ReadonlyMap<string, string>;
  readonly summary: CommitSummary;
}

interface MemoryPullRequest {
  readonly pull: Omit<PullRequest, 'head'>;
  readonly base: string;
  readonly labels: readonly string[];
  readonly end: { readonly head: string; readonly mergeCommit?: string } | undefined;
}

/** The in-memory twin of the git hosts, for tests: the same answers, no git. `comments` is open to look at. */
export class MemoryGitHost implements GitHost {
  readonly branches = new Map<string, string>();
  readonly comments = new Map<string, string>();
  private readonly commits = new Map<string, MemoryCommit>();
  private readonly pulls: MemoryPullRequest[] = [];
  private readonly clock: Clock;

  constructor(clock: Clock, branch: string, files: Readonly<Record<string, string>>) {
    this.clock = clock;
    this.branches.set(branch, this.addCommit([], new Map(Object.entries(files)), { subject: 'Start' }));
  }

  head(branch: string): Promise<string | undefined> {
    return Promise.resolve(this.branches.get(branch));
  }

  readFile(commit: string, path: string): Promise<string | undefined> {
    return Promise.resolve(this.commits.get(commit)?.files.get(path));
  }

  async commitFiles(request: CommitRequest): Promise<CommitResult> {
    const head = this.requireHead(request.branch);
    if (head !== request.expectedHead) return { kind: 'moved', head };
    const files = this.filesOf(head);
    const changed = applyChanges(files, request.changes);
    if (sameFiles(files, changed)) return { kind: 'unchanged', commit: head };
    // Others may run here, as they may between the two halves of a real compare-and-swap.
    await Promise.resolve();
    const now = this.requireHead(request.branch);
    if (now !== head) return { kind: 'moved', head: now };
    const commit = this.addCommit([head], changed, request);
    this.branches.set(request.branch, commit);
    return { kind: 'committed', commit };
  }

  async history(branch: string, limit: number): Promise<readonly CommitSummary[]> {
    const summaries: CommitSummary[] = [];
    let commit: MemoryCommit | undefined = this.commits.get(this.requireHead(branch));
    while (commit !== undefined && summaries.length < limit) {
      summaries.push(commit.summary);
      commit = this.commits.get(commit.parents[0] ?? '');
    }
    return summaries;
  }

  async upsertPullRequest(request: PullRequestRequest): Promise<PullRequest> {
    const existing = this.branches.get(request.branch);
    const parent = existing ?? this.requireHead(request.base);
    const files = this.filesOf(parent);
    const changed = applyChanges(files, request.changes);
    const head = sameFiles(files, changed) ? parent : this.addCommit([parent], changed, { subject: request.title });
    this.branches.set(request.branch, head);
    const index = this.pulls.findIndex(({ pull }) => pull.branch === request.branch && pull.state === 'open');
    const number = index === -1 ? this.pulls.length + 1 : index + 1;
    const pull = { number, branch: request.branch, state: 'open' as const, title: request.title, body: request.body, url: `memory://git#pull-request-${number}` };
    this.pulls[number - 1] = { pull, base: request.base, labels: request.labels, end: undefined };
    return { ...pull, head };
  }

  findPullRequest(branch: string): Promise<PullRequest | undefined> {
    const all = this.pulls.filter(({ pull }) => pull.branch === branch);
    const found = all.find(({ pull }) => pull.state === 'open') ?? all.at(-1);
    return Promise.resolve(found === undefined ? undefined : { ...found.pull, head: found.end?.head ?? this.branches.get(branch) ?? '' });
  }

  async upsertComment(pullRequest: number, marker: string, markdown: string): Promise<void> {
    this.requirePull(pullRequest);
    this.comments.set(`${pullRequest} ${marker}`, markdown);
  }

  async closePullRequest(pullRequest: number, _reason: string): Promise<void> {
    const stored = this.requirePull(pullRequest);
    if (stored.pull.state === 'open') this.finish(stored, { state: 'closed', head: this.branches.get(stored.pull.branch) ?? '' });
  }

  async mergePullRequest(pullRequest: number, expectedHead: string): Promise<string> {
    const stored = this.requirePull(pullRequest);
    const { state, branch } = stored.pull;
    if (stored.end?.mergeCommit !== undefined && stored.end.head === expectedHead) return stored.end.mergeCommit;
    const head = this.branches.get(branch);
    if (state !== 'open' || head !== expectedHead) throw new UserError('pull-request-moved', `pull request ${pullRequest} is ${state} at ${head ?? 'no commit'}, not open at ${expectedHead}`);
    const base = this.requireHead(stored.base);
    const files = this.mergeFiles(base, head, pullRequest);
    const commit = this.addCommit([base, head], files, { subject: `Merge pull request #${pullRequest} from ${branch}`, body: stored.pull.title });
    this.branches.set(stored.base, commit);
    this.finish(stored, { state: 'merged', head, mergeCommit: commit });
    return commit;
  }

  private finish(stored: MemoryPullRequest, end: { state: 'closed' | 'merged'; head: string; mergeCommit?: string }): void {
    const { state, ...rest } = end;
    this.pulls[stored.pull.number - 1] = { ...stored, pull: { ...stored.pull, state }, end: rest };
    this.branches.delete(stored.pull.branch);
  }

  /** Whole files instead of hunks: a file that both sides changed differently is a conflict. */
  private mergeFiles(base: string, head: string, pullRequest: number): Map<string, string> {
    const fork = this.filesOf(this.forkOf(base, head));
    const ours = this.filesOf(base);
    const theirs = this.filesOf(head);
    const merged = new Map(ours);
    for (const path of new Set([...fork.keys(), ...theirs.keys()])) {
      const text = theirs.get(path);
      if (text === fork.get(path) || text === ours.get(path)) continue;
      if (ours.get(path) !== fork.get(path)) throw new UserError('merge-conflict', `pull request ${pullRequest} and its base both changed ${path}`);
      if (text === undefined) merged.delete(path);
      else merged.set(path, text);
    }
    return merged;
  }

  private forkOf(base: string, head: string): string {
    const ancestors = new Set(this.ancestorsOf(base));
    return this.ancestorsOf(head).find((commit) => ancestors.has(commit)) ?? base;
  }

  private ancestorsOf(commit: string): string[] {
    const found = [commit];
    for (const next of found) found.push(...(this.commits.get(next)?.parents ?? []));
    return found;
  }

  private addCommit(parents: readonly string[], files: ReadonlyMap<string, string>, message: { subject: string; body?: string; trailers?: Readonly<Record<string, string>> }): string {
    const time = Math.floor(this.clock.now() / 1000) * 1000;
    const text = formatCommitMessage(message);
    const commit = hexOf(digestOf(JSON.stringify([parents, [...files], text, time]))).slice(0, 40);
    this.commits.set(commit, { parents, files, summary: { commit, subject: message.subject.trim(), trailers: { ...message.trailers }, time } });
    return commit;
  }

  private filesOf(commit: string): ReadonlyMap<string, string> {
    return this.commits.get(commit)?.files ?? new Map();
  }

  private requireHead(branch: string): string {
    const head = this.branches.get(branch);
    if (head === undefined) throw new UserError('branch-missing', `there is no branch ${branch}`);
    return head;
  }

  private requirePull(number: number): MemoryPullRequest {
    const stored = this.pulls[number - 1];
    if (stored === undefined) throw new UserError('pull-request-moved', `there is no pull request ${number}`);
    return stored;
  }
}

function applyChanges(files: ReadonlyMap<string, string>, changes: readonly FileChange[]): Map<string, string> {
  const changed = new Map(files);
  for (const { path, text } of changes) {
    if (text === null) changed.delete(path);
    else changed.set(path, text);
  }
  return changed;
}

function sameFiles(left: ReadonlyMap<string, string>, right: ReadonlyMap<string, string>): boolean {
  return left.size === right.size && [...left].every(([path, text]) => right.get(path) === text);
}
