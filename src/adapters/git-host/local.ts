import { pathToFileURL } from 'node:url';
import { UserError } from '../../errors.ts';
import { formatCommitMessage } from '../../gitops/commit-message.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CommandRunner } from '../../ports/command-runner.ts';
import type { CommitRequest, CommitResult, CommitSummary, GitHost, PullRequest, PullRequestRequest } from '../../ports/git-host.ts';
import { parseLog, logFormat } from './git-log.ts';
import { GitRepository } from './git-repository.ts';
import { type PullRequestRecord } from './pull-request-record.ts';
import { PullRequestRefs } from './pull-request-refs.ts';
import { writeTree } from './tree-writer.ts';

export interface LocalGitHostOptions {
  /** Folder of the bare repository. */
  readonly path: string;
  readonly runner: CommandRunner;
  readonly clock: Clock;
}

const attempts = 10;

/** A bare repository as the forge: the branch is changed by plumbing and compare-and-swap, pull requests live under refs/taxiway/pulls. */
export function createLocalGitHost(options: LocalGitHostOptions): GitHost {
  return new LocalGitHost(options);
}

class LocalGitHost implements GitHost {
  private readonly repository: GitRepository;
  private readonly pulls: PullRequestRefs;
  private readonly clock: Clock;

  constructor(options: LocalGitHostOptions) {
    this.repository = new GitRepository(options.path, options.runner);
    this.pulls = new PullRequestRefs(this.repository);
    this.clock = options.clock;
  }

  head(branch: string): Promise<string | undefined> {
    return this.repository.resolve(branchRef(branch));
  }

  readFile(commit: string, path: string): Promise<string | undefined> {
    return this.repository.readFile(commit, path);
  }

  async commitFiles(request: CommitRequest): Promise<CommitResult> {
    const head = await this.requireHead(request.branch);
    if (head !== request.expectedHead) return { kind: 'moved', head };
    const tree = await writeTree(this.repository, head, request.changes);
    if (tree === (await this.treeOf(head))) return { kind: 'unchanged', commit: head };
    const commit = await this.repository.writeCommit({ tree, parents: [head], message: formatCommitMessage(request), time: this.clock.now() });
    const ref = branchRef(request.branch);
    if (await this.repository.updateRefs([{ ref, to: commit, from: head }], 'taxiway')) return { kind: 'committed', commit };
    return { kind: 'moved', head: await this.requireHead(request.branch) };
  }

  async history(branch: string, limit: number): Promise<readonly CommitSummary[]> {
    await this.requireHead(branch);
    // What happened on this branch: the commits of a merged branch came in with its merge.
    return parseLog(await this.repository.run(['log', '--first-parent', `--max-count=${limit}`, `--format=${logFormat}`, branchRef(branch), '--']));
  }

  async upsertPullRequest(request: PullRequestRequest): Promise<PullRequest> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const head = await this.commitToBranch(request);
      if (head === undefined) continue;
      const open = await this.pulls.findOpen(request.branch);
      const fields = { branch: request.branch, base: request.base, title: request.title, body: request.body, labels: [...request.labels] };
      const record: PullRequestRecord =
        open === undefined
          ? { schema: 'taxiway/pull-request/v1', number: await this.pulls.nextNumber(), state: 'open', comments: {}, ...fields }
          : { ...open.record, ...fields };
      // Losing means that another run opened or changed it: look again.
      if (await this.pulls.write(record, open?.blob ?? null)) return this.view(record);
    }
    throw contended(`pull request of ${request.branch}`);
  }

  async findPullRequest(branch: string): Promise<PullRequest | undefined> {
    const all = (await this.pulls.all()).filter((stored) => stored.record.branch === branch);
    const found = all.find((stored) => stored.record.state === 'open') ?? all.at(-1);
    return found === undefined ? undefined : this.view(found.record);
  }

  async upsertComment(pullRequest: number, marker: string, markdown: string): Promise<void> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const { record, blob } = await this.pulls.require(pullRequest);
      if (record.comments[marker] === markdown) return;
      if (await this.pulls.write({ ...record, comments: { ...record.comments, [marker]: markdown } }, blob)) return;
    }
    throw contended(`pull request ${pullRequest}`);
  }

  async closePullRequest(pullRequest: number, reason: string): Promise<void> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const { record, blob } = await this.pulls.require(pullRequest);
      if (record.state !== 'open') return;
      const head = await this.head(record.branch);
      const closed: PullRequestRecord = { ...record, state: 'closed', closedBecause: reason, ...(head === undefined ? {} : { head }) };
      if (await this.pulls.finish(closed, { blob, branchHead: head })) return;
    }
    throw contended(`pull request ${pullRequest}`);
  }

  async mergePullRequest(pullRequest: number, expectedHead: string): Promise<string> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const { record, blob } = await this.pulls.require(pullRequest);
      if (record.state === 'merged' && record.mergeCommit !== undefined && record.head === expectedHead) return record.mergeCommit;
      const head = record.state === 'open' ? await this.head(record.branch) : record.head;
      if (record.state !== 'open' || head !== expectedHead) {
        throw new UserError('pull-request-moved', `pull request ${pullRequest} is ${record.state} at ${head?.slice(0, 12) ?? 'no commit'}, not open at ${expectedHead.slice(0, 12)}`, {
          hint: 'Look at what changed and run its checks again before merging.',
        });
      }
      const base = await this.requireHead(record.base);
      const commit = await this.writeMerge(record, { base, head });
      const merged: PullRequestRecord = { ...record, state: 'merged', head, mergeCommit: commit };
      if (await this.pulls.finish(merged, { blob, branchHead: head, base: { ref: branchRef(record.base), from: base, to: commit } })) return commit;
    }
    throw contended(`pull request ${pullRequest}`);
  }

  private async writeMerge(record: PullRequestRecord, ends: { base: string; head: string }): Promise<string> {
    const merged = await this.repository.attempt(['merge-tree', '--write-tree', ends.base, ends.head]);
    if (merged.exitCode !== 0) {
      throw new UserError('merge-conflict', `pull request ${record.number} (${record.branch}) does not merge into ${record.base}`, {
        hint: `Close it; the next drift check opens a new one from the present ${record.base}.`,
        cause: merged.stdout.trim() || merged.stderr.trim(),
      });
    }
    const message = formatCommitMessage({ subject: `Merge pull request #${record.number} from ${record.branch}`, body: record.title });
    return this.repository.writeCommit({ tree: merged.stdout.trim(), parents: [ends.base, ends.head], message, time: this.clock.now() });
  }

  /** The branch's head with the changes on it, or undefined where another run moved it meanwhile. */
  private async commitToBranch(request: PullRequestRequest): Promise<string | undefined> {
    const existing = await this.head(request.branch);
    const parent = existing ?? (await this.requireHead(request.base));
    const tree = await writeTree(this.repository, parent, request.changes);
    const unchanged = tree === (await this.treeOf(parent));
    if (unchanged && existing !== undefined) return existing;
    const commit = unchanged
      ? parent
      : await this.repository.writeCommit({ tree, parents: [parent], message: formatCommitMessage({ subject: request.title }), time: this.clock.now() });
    const done = await this.repository.updateRefs([{ ref: branchRef(request.branch), to: commit, from: existing ?? null }], 'taxiway');
    return done ? commit : undefined;
  }

  private async view(record: PullRequestRecord): Promise<PullRequest> {
    const head = record.head ?? (await this.head(record.branch)) ?? '';
    const { number, branch, state, title, body } = record;
    return { number, branch, head, state, title, body, url: `${pathToFileURL(this.repository.path).href}#pull-request-${number}` };
  }

  private treeOf(commit: string): Promise<string> {
    return this.repository.run(['rev-parse', '--verify', `${commit}^{tree}`]);
  }

  private async requireHead(branch: string): Promise<string> {
    const head = await this.head(branch);
    if (head !== undefined) return head;
    throw new UserError('branch-missing', `${this.repository.path} has no branch ${branch}`, { hint: 'Push the branch first, or correct deployment.branch in pipeline.yaml.' });
  }
}

function branchRef(branch: string): string {
  return `refs/heads/${branch}`;
}

function contended(what: string): UserError {
  return new UserError('branch-moved', `${what} was changed by others ${attempts} times in a row`, { hint: 'Run the step again when it is quieter.' });
}
